"""The embedded simulator: vehicle, camera and worlds in batches, on the CPU."""
