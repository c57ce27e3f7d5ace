"""What the notes page shows while two notes are being written."""

from studio.desks.notes import Job


def test_both_notes_appear_at_the_pace_of_the_slower_until_both_are_done():
    job = Job("enc-1", [0, 1], status="writing")
    assert job.shown(0) == job.shown(1) == ("", 0)
    job.pieces[0].extend([(1, "Tired"), (3, " since May"), (4, ".")])
    assert job.shown(0) == ("", 0)
    job.pieces[1].append((3, "No pain"))
    # Three tokens of each; the fourth of the first waits.
    assert job.shown(0) == ("Tired since May", 3) and job.shown(1) == ("No pain", 3)
    job.status = "done"
    assert job.shown(0) == ("Tired since May.", 4) and job.shown(1) == ("No pain", 3)
