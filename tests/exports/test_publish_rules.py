"""What must hold before anything leaves, without a Hub: headers for web servers, secrets, licences."""


from exports.policy import HEADERS, headers
from exports.publishing.licences import conditions, read_licence
from exports.publishing.parcel import Item
from exports.publishing.secrets import find_secrets
from exports.publishing.web_servers import caddy, nginx

TOKEN_SHAPED = "hf_" + "Q7" * 17


def test_the_snippets_name_every_header_and_the_models_host():
    for sent in (HEADERS, headers({"model_at": "https://models.example.org/tuned/"})):
        for snippet in (nginx("/srv/notes", sent), caddy("/srv/notes", sent)):
            assert all(f'{name} "{value}"' in snippet for name, value in sent.items()) and '"/srv/notes"' in snippet
    assert "connect-src 'self' https://models.example.org" in nginx("/srv", sent)


def test_secrets_are_found_by_their_shape_and_never_repeated():
    lines = {
        "hf.txt": f"export HF_TOKEN={TOKEN_SHAPED}", "openai.json": '{"key": "sk-proj-Ab12' + "x" * 24 + '"}',
        "aws.ini": "aws_access_key_id = AKIA" + "ABCD1234" * 2, "key.pem": "-----BEGIN OPENSSH PRIVATE KEY-----",
        "github.md": "ghp_" + "a1B2" * 10, "own.txt": "it is my-own-token",
    }  # fmt: skip
    items = [Item(path, f"first line\n{line}\n".encode()) for path, line in lines.items()]
    found = list(find_secrets([*items, Item("weights.bin", b"\0" + TOKEN_SHAPED.encode()), Item(".env", b"A=1")], "my-own-token"))
    assert [phrase.split(" in ")[-1] for phrase in found[:-1]] == [f"{path}, line 2" for path in lines]
    assert found[-1].startswith(".env") and not any(TOKEN_SHAPED in phrase for phrase in found)
    innocent = "hf_hub_download sk-learn-is-a-library risk-of-a-very-long-hyphenated-phrase AKIA -----BEGIN CERTIFICATE-----"
    assert list(find_secrets([Item("readme.md", innocent.encode())])) == []


def test_llama_asks_for_its_name_its_text_and_its_notice(tmp_path):
    licence = read_licence('Llama 3.2 Community License: show "Built with Llama"')
    assert (licence.hub, licence.llama) == ("llama3.2", "3.2") and read_licence("apache-2.0").llama is None
    assert read_licence("proprietary") is None
    assert len(conditions(licence, "soap-notes", [tmp_path])[0]) == 2
    (tmp_path / "LICENSE.txt").write_text("the licence's text")
    problems, items = conditions(licence, "Llama-soap-notes", [tmp_path])
    assert problems == [] and [item.path for item in items] == ["NOTICE", "LICENSE"]
    assert b"Copyright \xc2\xa9 Meta Platforms" in items[0].read()
