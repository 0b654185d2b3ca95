"""The world: roads and routes, seasons and weather, the vehicle, the camera, the simulators and the environments."""
