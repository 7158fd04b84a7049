"""The first page: where the parcels are, what needs doing, the latest of everything."""
