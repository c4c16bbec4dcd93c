"""Are the last days there, whole and plausible, and which are to be filled again?"""
