"""May a day be stored; are the last ones there, whole and plausible; which are to be filled?"""
