"""How an event is answered that only reads: by one request and its answer, without a turn in Gradio's queue and a stream to wait
at, and without a veil over what is there. What writes or takes long goes through the queue.
"""

AT_ONCE = {"show_progress": "hidden", "queue": False}
