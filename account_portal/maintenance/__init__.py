"""Moving a whole portal: backups, another database, another place for files."""
