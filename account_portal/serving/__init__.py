"""How the portal is built, wrapped and served: knows requests and processes, no customer."""
