"""The loop on real text, three rounds of it, where the reference notes play the corrections: how much better do notes get?"""
