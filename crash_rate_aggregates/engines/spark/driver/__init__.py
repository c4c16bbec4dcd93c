"""What runs beside Spark's driver: the application, its Java, what it ships."""
