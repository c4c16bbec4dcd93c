"""What people see: tables, numbers, progress."""
