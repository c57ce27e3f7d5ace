"""Files and texts that the importers' tests share."""

from hypothesis import strategies as st

ACI = "dataset,encounter_id,dialogue,note\n"
TALK = '"Doctor: Any chest pain?\nPatient: No, ""none"" at all."'

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30)


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
