"""Files made from the marts for people who do not open the database."""
