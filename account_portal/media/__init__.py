"""Files of customers: kept by the storage, described by a row, reached by signed addresses."""
