"""What everything stands on: settings, database, errors, schemas, money, ids. Knows no customer."""
