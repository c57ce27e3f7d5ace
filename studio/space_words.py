"""Every word on the Space, the page that a visitor of the Hub sees."""

TITLE = "Scribeloop: notes that learn from corrections"
HEADING = "A small model drafts a clinical note. Corrections make the next one better."
LEAD = (
    "An invented visit with two notes: one by the base model, one by the same model after it learnt from corrected notes. "
    "Read them side by side, then have both written again, live, on this small machine."
)
WARNING = "Never paste a patient’s words here: this is a shared machine. Research only, not a medical device."
LOOP = (
    ("Two notes", "A base model and a tuned one each draft a note for one visit. You see this step below."),
    ("Blind review", "A clinician marks what is invented and what is missing, not knowing which model wrote what."),
    ("Correction", "She corrects a note. Visit and corrected note become one pair to learn from."),
    ("Retraining", "An adapter learns from the pairs, on one machine. Not here: this page trains nothing."),
    ("Gate", "The new model takes over only when it is shown to be better, and no less safe."),
    ("Your browser", "The model moves into a page that writes on the reader’s own device. Then the next round begins."),
)
LINKS = {"browser": "Open the browser page", "model": "The model", "dataset": "The data"}
VISIT = "The visit"
INVENTED = "Invented: no such patient exists."
VISIT_CHOICE = "Visit"
OWN = "Or write an invented visit of your own"
OWN_LABEL = "Your invented visit"
OWN_INFO = "Invented text only, up to {most:,} words. It is held while the notes are written and shown to nobody else."
OWN_EXAMPLE = "Doctor: What brings you in today?\nPatient: My left knee has been swollen since Sunday."
OWN_TITLE = "Your own text"
AGAIN = "Write both notes again, live"
WRITE_OWN = "Write notes for my text"
WIPE = "Wipe my text"
STOP = "Stop"
KINDS = {"base": "Base model", "adapter": "Tuned on corrections", "merged": "Tuned on corrections"}
SHIPPED = "Written on {day} on another machine ({cpu}, {cores} {of_cores}): {tokens} tokens in {seconds} s{ending}."
LIVE = "Written just now on this machine: {tokens} tokens in {seconds} s{ending}."
WRITING = "Being written on this machine: {tokens} tokens, {seconds} s so far."
READING = "Reading the visit…"
ENDINGS = {"stop": "", "length": ", cut at the length limit", "cancelled": ", stopped"}
LOADING = "Loading both models; the first time this takes some seconds."
AT_WORK = "Both notes are being written. A free machine is slow; stop whenever you like."
WAITING = "{before} before you. The notes come in turn, because the machine is small."
DONE = "Done. The same model writes the same note each time: it always takes the likeliest word."
STOPPED = "Stopped. What was written so far stays until you leave."
WIPED = "Wiped. Nothing of your text is left on this machine."
EMPTY = "There is no text yet; write an invented visit first."
TOO_LONG = "Your text has {words:,} words; up to {most:,} can be read here."
BUSY = "The notes of this page are being written already; stop them first."
CROWDED = "Too many visitors are waiting just now; try again in some minutes, or use the browser page."
FAILED = "The notes could not be written; try again, or take another visit."
FOOT = (
    "What you type is not stored, not shown to others and not used for training, and is forgotten when you leave. Models leave "
    "things out and make things up: a clinician must read every line."
)
BUILT_WITH = "Built with Llama"
