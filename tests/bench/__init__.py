"""The speed benchmark behind ``make bench``: the studio and Label Studio, equal content, the same acts, over HTTP."""
