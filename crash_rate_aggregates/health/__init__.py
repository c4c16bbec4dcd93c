"""May a day be stored; are the last days there, whole and plausible; which are to be filled again?"""
