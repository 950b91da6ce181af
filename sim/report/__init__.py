"""What a run tells: record, fields, pictures, page, terminal."""
