"""Pages of the profile, one module each: the build splits the script by module."""
