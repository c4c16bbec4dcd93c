"""Messages about alarms: what is new, once each, held against real web and mail servers."""
