"""What pages are built of: the component kit, the shell, and the door to the services."""
