"""What a scenario's conditions make of a server's world."""
