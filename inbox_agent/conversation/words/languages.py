"""Which language tags a model may give: well-formed ones (BCP 47, RFC 5646) of a language that is in use. Pure.

A tag is kept and read by the model in later turns, so it must not be free text.
"""

import re

# ISO 639-1, and languages without a code of two letters in which many people write mail.
LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja jv
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr
    ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ast ceb ckb
    cmn fil gsw haw hmn hsb dsb nds sco yue""".split()
)
# Language, script, region, a variant. Other variants, extensions and private use can hold free text.
TAG = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:\d[a-z\d]{3}|valencia))?", re.I)
MAX_TAG = 35


def language_tag(given: str) -> str:
    """The tag, or "" for what is none of a known language."""
    tag = given.strip().replace("_", "-")
    found = TAG.fullmatch(tag) if len(tag) <= MAX_TAG else None
    return tag if found and found[1].lower() in LANGUAGES else ""
