"""Times as the design writes them: 7:00 pm. The words am and pm stand in locale/en."""

TIME_FORMAT = "g:i a"
