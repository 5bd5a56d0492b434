"""Reading what was written: files of records checked, counted, filtered, compared and exported."""
