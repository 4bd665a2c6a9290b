"""Mails of every shape, written for these tests: what programs send, what people send, and what is sent to do harm.

Each is (name, the mail, what must be understood of it). Lines end with LF here; one test has them all with CRLF as well.
"""

from __future__ import annotations

from typing import Any

from core.catalog.mail import Mailbox

SUPPORT = Mailbox(
    "support", "support@acme.example", "Acme", "acme", services=("orders",), smtp_host="m", authority="mx.acme.example",
)  # fmt: skip
KIM = b"From: Kim Example <kim@customer.example>\nTo: support@acme.example\nSubject: The till hangs\nMessage-ID: <one@customer.example>\n"
MIME = KIM + b"MIME-Version: 1.0\n"
PLAIN = MIME + b"Content-Type: text/plain; charset=utf-8\n"
MIXED = MIME + b'Content-Type: multipart/mixed; boundary="cut"\n\n'
HTML = MIME + b"Content-Type: text/html; charset=utf-8\n\n"


def answer(text: str) -> bytes:
    return PLAIN + b"\n" + text.encode()


REPORT = (
    b"From: MAILER-DAEMON@mx.customer.example\nTo: support@acme.example\nSubject: Undelivered Mail Returned to Sender\n"
    b"Message-ID: <r1@mx.customer.example>\nReturn-Path: <>\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"\n\n'
    b"--cut\nContent-Type: text/plain\n\nI could not deliver it.\n"
    b"--cut\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; kim@customer.example\nAction: failed\nStatus: 5.1.1\n"
    b"--cut\nContent-Type: message/rfc822\n\nFrom: support@acme.example\nMessage-ID: <wf.incident-7.12@acme.example>\nX-Watchfloor-Loop: support@acme.example\n\nhello\n--cut--\n"
)

MAILS: list[tuple[str, bytes, dict[str, Any]]] = [
    # What people send
    ("plain", KIM + b"\nIt hangs.\n", {"sender": "kim@customer.example", "sender_name": "Kim Example", "title": "The till hangs", "text": "It hangs.", "verdict": "person", "message_id": "<one@customer.example>"}),
    ("utf-8", PLAIN + b"\nGr\xc3\xbc\xc3\x9fe", {"text": "Grüße"}),
    ("latin-1 as it says", MIME + b"Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe", {"text": "Grüße"}),
    ("windows-1252 that says latin-1", MIME + b"Content-Type: text/plain; charset=windows-1252\n\n\x80 5 \x96 \x93ok\x94", {"text": "€ 5 – “ok”"}),
    ("says us-ascii, is utf-8", MIME + b"Content-Type: text/plain; charset=us-ascii\n\nGr\xc3\xbc\xc3\x9fe", {"text": "Grüße"}),
    ("says utf-8, is windows-1252", PLAIN + b"\nGr\xfc\xdfe \x80", {"text": "Grüße €"}),
    ("says nothing, is windows-1252", KIM + b"\nGr\xfc\xdfe", {"text": "Grüße"}),
    ("a charset that there is not", MIME + b"Content-Type: text/plain; charset=x-klingon\n\nGr\xc3\xbc\xc3\x9fe", {"text": "Grüße"}),
    ("a charset that is an injection", MIME + b'Content-Type: text/plain; charset="../../etc/passwd"\n\nhello', {"text": "hello"}),
    ("shift-jis", MIME + b"Content-Type: text/plain; charset=shift_jis\n\n" + "障害です".encode("shift_jis"), {"text": "障害です"}),
    ("iso-2022-jp", MIME + b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + "障害です".encode("iso-2022-jp"), {"text": "障害です"}),
    ("koi8-r", MIME + b"Content-Type: text/plain; charset=koi8-r\n\n" + "не работает".encode("koi8-r"), {"text": "не работает"}),
    ("gb18030", MIME + b"Content-Type: text/plain; charset=gb18030\n\n" + "故障".encode("gb18030"), {"text": "故障"}),
    ("utf-16 with a mark", MIME + b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//5oAGkA\n", {"text": "hi"}),
    ("utf-7", MIME + b"Content-Type: text/plain; charset=utf-7\n\nGr+APwA3w-e", {"text": "Grüße"}),
    ("base64", PLAIN + b"Content-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n", {"text": "Grüße"}),
    ("base64 with rubbish", PLAIN + b"Content-Transfer-Encoding: BASE64 \n\nR3LD\n !! vMOf\nZQ==\n-- \nfooter of a list", {"text": "Grüße"}),
    ("base64 cut short", PLAIN + b"Content-Transfer-Encoding: base64\n\nR3LDvMOfZ", {"text": "Grüß"}),
    ("quoted-printable", PLAIN + b"Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe und=\n mehr", {"text": "Grüße und mehr"}),
    ("quoted-printable with rubbish", PLAIN + b"Content-Transfer-Encoding: quoted-printable\n\na=ZZb=", {"text_has": "a=ZZb"}),
    ("a transfer encoding that there is not", PLAIN + b"Content-Transfer-Encoding: x-mystery\n\nhello", {"text": "hello"}),
    ("encoded words", b"From: =?utf-8?q?J=C3=BCrgen?= <j@c.example>\nSubject: =?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?b?IPCfkYs=?=\n\nx", {"title": "Grüße 👋", "sender_name": "Jürgen"}),
    ("an encoded word that is broken", b"From: a@c.example\nSubject: =?utf-8?b?!!!?= and =?x-klingon?q?hm?= =?utf-8?q\n\nx", {"title_has": "and"}),
    ("8-bit headers, utf-8", b"From: J\xc3\xbcrgen <j@c.example>\nSubject: Gr\xc3\xbc\xc3\x9fe\n\nx", {"title": "Grüße", "sender_name": "Jürgen", "sender": "j@c.example"}),
    ("8-bit headers, windows-1252", b"From: J\xfcrgen <j@c.example>\nSubject: Gr\xfc\xdfe\n\nx", {"title": "Grüße", "sender_name": "Jürgen"}),
    ("a folded subject", b"From: a@c.example\nSubject: one\n two\n\tthree\n\nx", {"title": "one two three"}),
    ("no subject", b"From: a@c.example\n\nx", {"title": "(no subject)"}),
    ("an empty mail", b"", {"verdict": "automatic", "text": "(no text)", "sender": "", "title": "(no subject)"}),
    ("headers alone", b"From: a@c.example\nSubject: x", {"sender": "a@c.example", "text": "(no text)"}),
    ("no headers at all", b"just a line\nand another\n\nand a third", {"text": "just a line\nand another\n\nand a third", "verdict": "automatic"}),
    ("an mbox's first line", b"From kim Mon Jan  1 00:00:00 2026\n" + KIM + b"\nhello", {"sender": "kim@customer.example", "text": "hello"}),
    ("a line among the headers that is none", b"From: a@c.example\nthis is no header\nSubject: x\n\nhello", {"title": "x", "text": "hello"}),
    ("a quoted name with a comma and an at", b'From: "Example, Kim @ home" <kim@c.example>\n\nx', {"sender": "kim@c.example", "sender_name": "Example, Kim @ home"}),
    ("a name that looks like an address", b'From: "boss@acme.example" <evil@x.example>\n\nx', {"sender": "evil@x.example"}),
    ("two senders", b"From: a@c.example, b@c.example\n\nx", {"sender": "a@c.example"}),
    ("answers go elsewhere", b"From: a@c.example\nReply-To: Team <team@c.example>\n\nx", {"sender": "a@c.example", "reply_to": "team@c.example"}),
    ("a sender that is no address", b"From: undisclosed\n\nx", {"sender": "", "verdict": "automatic"}),
    ("a domain in letters of its own", "From: kim@bücher.example\n\nx".encode(), {"sender": "kim@xn--bcher-kva.example"}),
    # MIME
    ("alternatives", MIME + b'Content-Type: multipart/alternative; boundary="cut"\n\nold readers\n--cut\nContent-Type: text/plain\n\nplain\n--cut\nContent-Type: text/html\n\n<b>rich</b>\n--cut--\nafter', {"text": "plain", "attachments": []}),
    ("only HTML", HTML + b"<html><head><title>t</title><style>b{}</style></head><body><p>Hello <b>there</b></p><p>Kim&nbsp;&amp; co &#8364;</p><script>alert(1)</script></body></html>", {"text": "Hello there\nKim & co €"}),
    ("an alternative that is empty", MIME + b'Content-Type: multipart/alternative; boundary="cut"\n\n--cut\nContent-Type: text/plain\n\n \n--cut\nContent-Type: text/html\n\n<p>rich</p>\n--cut--\n', {"text": "rich"}),
    ("an attachment", MIXED + b'--cut\nContent-Type: text/plain\n\nsee file\n--cut\nContent-Type: application/pdf; name="a b.pdf"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\nJVBERi0=\n--cut--\n', {"text": "see file", "attachments": ["a b.pdf"]}),
    ("a text that is attached", MIXED + b"--cut\n\nsee log\n--cut\nContent-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nsecret log\n--cut--\n", {"text": "see log", "attachments": ["log.txt"]}),
    ("a name in many letters", MIXED + b"--cut\n\nx\n--cut\nContent-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''Bild%20%C3%BC.png\n\nx\n--cut--\n", {"attachments": ["Bild ü.png"]}),
    ("a name in pieces", MIXED + b'--cut\n\nx\n--cut\nContent-Type: image/png\nContent-Disposition: attachment; filename*0="long-"; filename*1="name.png"\n\nx\n--cut--\n', {"attachments": ["long-name.png"]}),
    ("a name that would climb", MIXED + b'--cut\n\nx\n--cut\nContent-Type: image/png; name="../../etc/passwd\x1b[31m"\n\nx\n--cut--\n', {"attachments": [".._.._etc_passwd"]}),
    ("a boundary that never comes", MIXED + b"all there is", {"text": "(no text)"}),
    ("a multipart without a boundary", MIME + b"Content-Type: multipart/mixed\n\nhello", {"text": "hello"}),
    ("an end that never comes", MIXED + b"--cut\nContent-Type: text/plain\n\nhello", {"text": "hello"}),
    ("parts in parts, the inner end missing", MIXED + b'--cut\nContent-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\nhello\n--cut\nContent-Type: image/gif; name=x.gif\n\nx\n--cut--\n', {"text": "hello", "attachments": ["x.gif"]}),
    ("a boundary with blanks behind it", MIXED + b"--cut  \nContent-Type: text/plain\n\nhello\n--cut-- \n", {"text": "hello"}),
    ("a boundary within a line is none", MIXED + b"--cut\nContent-Type: text/plain\n\nhello --cut\n --cut\n--cutter\n--cut--\n", {"text": "hello --cut\n --cut\n--cutter"}),
    ("two texts around a picture", MIXED + b"--cut\nContent-Type: text/plain\n\nbefore\n--cut\nContent-Type: image/png\n\nx\n--cut\nContent-Type: text/plain\n\nafter\n--cut--\n", {"text": "before\n\nafter", "attachments": ["unnamed (image/png)"]}),
    ("a mail in a mail", MIXED + b"--cut\n\nlook\n--cut\nContent-Type: message/rfc822\n\nFrom: x@y.example\nSubject: inner\n\ninner text\n--cut--\n", {"text": "look", "title": "The till hangs", "attachments": ["unnamed (message/rfc822)"]}),
    ("an invitation", MIXED + b"--cut\n\nmeet\n--cut\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--cut--\n", {"text": "meet"}),
    ("a content type that is none", MIME + b"Content-Type: ;;;\n\nhello", {"text": "hello"}),
    ("two content types", MIME + b"Content-Type: text/plain\nContent-Type: text/html\n\nhello", {"text": "hello"}),
    # HTML
    ("hidden things", HTML + b"<div>seen</div><!-- not --><script>no</script><style>no</style><svg><text>no</text></svg><template>no</template>", {"text": "seen"}),
    ("a link says where it leads", HTML + b'<p>Open <a href="https://evil.example/x">your bank</a> or <a href="javascript:alert(1)">this</a></p>', {"text": "Open your bank (https://evil.example/x) or this"}),
    ("tags that are none", HTML + b"a < b <3 & c <nothing", {"text_has": "a < b <3 & c"}),
    ("a comment that never ends", HTML + b"<p>before</p><!-- after", {"text_has": "before"}),
    ("quotation marks in a tag", HTML + b'<p title="a > b">text</p>', {"text": "text"}),
    ("a list and a table", HTML + b"<ul><li>one<li>two</ul><table><tr><td>a</td><td>b</td></tr></table>", {"text": "- one\n- two\na b"}),
    # Answers
    ("quoted below", answer("Yes.\n\nOn Mon, 1 Jan 2026 at 10:00, Acme <support@acme.example> wrote:\n> old\n> older\n"), {"text": "Yes."}),
    ("quoted below, in German", answer("Ja.\n\nAm 01.01.2026 um 10:00 schrieb Acme <support@acme.example>:\n> alt\n"), {"text": "Ja."}),
    ("quoted below, in French", answer("Oui.\n\nLe lun. 1 janv. 2026 à 10:00, Acme <support@acme.example> a écrit :\n> vieux\n"), {"text": "Oui."}),
    ("quoted below, the introduction on two lines", answer("Yes.\n\nOn Mon, 1 Jan 2026 at 10:00, A Very Long Name\n<support@acme.example> wrote:\n\n> old\n"), {"text": "Yes."}),
    ("quoted as Outlook does", answer("Yes.\n\n-----Original Message-----\nFrom: Acme\nSent: Monday\nTo: Kim\n\nold text"), {"text": "Yes."}),
    ("quoted as newer Outlooks do", answer("Yes.\n\n________________________________\nFrom: Acme <support@acme.example>\nSent: Monday\n\nold"), {"text": "Yes."}),
    ("quoted as Outlook does, without a line", answer("Ja.\n\nVon: Acme <support@acme.example>\nGesendet: Montag\nAn: Kim\nBetreff: x\n\nalt"), {"text": "Ja."}),
    ("answered in between", answer("> Does it hang?\nYes, it does.\n> Since when?\nSince noon."), {"text": "> Does it hang?\nYes, it does.\n> Since when?\nSince noon."}),
    ("a signature", answer("Yes.\n-- \nKim Example\nAcme Ltd"), {"text": "Yes."}),
    ("nothing but a quotation", answer("> old\n> older"), {"text": "> old\n> older"}),
    ("quoted in HTML", HTML + b'<div>Yes.</div><div class="gmail_quote">On Monday x wrote:<blockquote>old</blockquote></div>', {"text": "Yes."}),
    ("quoted in HTML by Outlook", HTML + b'<p>Yes.</p><div id="divRplyFwdMsg"><b>From:</b> Acme</div><p>old</p>', {"text": "Yes."}),
    ("'from' in a sentence", answer("It comes from here.\nFrom: now on it hangs.\nGreetings"), {"text": "It comes from here.\nFrom: now on it hangs.\nGreetings"}),
    ("names what it answers", KIM + b"References: <a@x.example>\n\t<wf.incident-7.3@acme.example>\nIn-Reply-To: <wf.incident-7.12@acme.example>\n\nyes", {"references": ["<a@x.example>", "<wf.incident-7.3@acme.example>", "<wf.incident-7.12@acme.example>"]}),
    ("In-Reply-To with words about it", KIM + b"In-Reply-To: Your message of Monday <a@x.example>\n\nyes", {"references": ["<a@x.example>"]}),
    # Programs
    ("out of office", KIM + b"Auto-Submitted: auto-replied\n\nI am away", {"verdict": "automatic", "reason": "Auto-Submitted: auto-replied"}),
    ("auto-submitted no is a person", KIM + b"Auto-Submitted: no\n\nhello", {"verdict": "person"}),
    ("auto-generated with a comment", KIM + b"Auto-Submitted: AUTO-GENERATED; owner=x\n\nx", {"verdict": "automatic"}),
    ("an old answering machine", KIM + b"Precedence: bulk\n\nx", {"verdict": "automatic", "reason": "Precedence: bulk"}),
    ("a list", KIM + b"List-Id: <talk.example>\n\nx", {"verdict": "automatic"}),
    ("another answering machine", KIM + b"X-Autoreply: yes\n\nx", {"verdict": "automatic"}),
    ("an empty Return-Path", b"Return-Path: <>\n" + KIM + b"\nx", {"verdict": "automatic"}),
    ("a report of delivery", REPORT, {"verdict": "bounce", "reported": "<wf.incident-7.12@acme.example>"}),
    ("a report of reading", MIME + b'Content-Type: multipart/report; report-type=disposition-notification; boundary="cut"\n\n--cut\n\nread\n--cut--\n', {"verdict": "bounce", "reported": ""}),
    ("a bounce of the old kind", b"From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: failure\n\nno such user", {"verdict": "bounce"}),
    ("a postmaster", b"From: postmaster@mx.example\n\nx", {"verdict": "bounce"}),
    ("our own letter", KIM + b"X-Watchfloor-Loop: Support@acme.example\n\nx", {"verdict": "own"}),
    ("another house's letter", KIM + b"X-Watchfloor-Loop: desk@other.example\n\nx", {"verdict": "person"}),
    ("our own Message-ID", b"From: kim@customer.example\nMessage-ID: <wf.incident-7.12@acme.example>\n\nx", {"verdict": "own"}),
    ("from our own address", b"From: Support <SUPPORT@ACME.example>\n\nx", {"verdict": "own"}),
    # Whose word it is
    ("nobody says who it is", KIM + b"\nx", {"verified": "not verified: no word of mx.acme.example"}),
    ("our server found it right", b"Authentication-Results: mx.acme.example; spf=pass smtp.mailfrom=other.example; dmarc=pass header.from=customer.example\n" + KIM + b"\nx", {"verified": "yes"}),
    ("our server found it forged", b"Authentication-Results: mx.acme.example; dmarc=fail header.from=customer.example\n" + KIM + b"\nx", {"verified": "forged"}),
    ("signed by its own domain", b"Authentication-Results: mx.acme.example;\n dkim=pass header.d=customer.example header.s=k\n" + KIM + b"\nx", {"verified": "yes"}),
    ("signed by another domain", b"Authentication-Results: mx.acme.example; dkim=pass header.d=evil.example\n" + KIM + b"\nx", {"verified": "not verified: nothing speaks for its sender"}),
    ("a word that came with the mail", b"Authentication-Results: mx.evil.example; dmarc=pass\n" + KIM + b"\nx", {"verified": "not verified: no word of mx.acme.example"}),
    ("a second word of the right name", b"Authentication-Results: mx.acme.example; dmarc=fail\nAuthentication-Results: mx.acme.example; dmarc=pass\n" + KIM + b"\nx", {"verified": "forged"}),
    # Harm
    ("escapes", KIM.replace(b"The till", b"\x1b[2J\x1b]0;owned\x07The till") + b"\n\x1b[31mred\x1b[0m \x9b1m \x00 \xe2\x80\xae evil", {"title": "The till hangs", "text_has": "red"}),
    ("a bare carriage return", KIM + b"\none\rtwo\r\rthree", {"text": "one\ntwo\n\nthree"}),
    ("header injection in a name", b'From: "x\r\n Bcc: evil@x.example" <kim@c.example>\n\nx', {"sender": "kim@c.example"}),
    ("NULs everywhere", b"From: a\x00@c.example\nSubject: a\x00b\n\nx\x00y", {"text_has": "x"}),
    ("a megabyte in one line", KIM + b"\n" + b"x" * 1_000_000, {"text_has": "xxx"}),
    ("a megabyte of header", KIM + b"X-Long: " + b"y" * 1_000_000 + b"\n\nhello", {"text": "hello", "title": "The till hangs"}),
    ("ten thousand headers", KIM + b"X: y\n" * 10_000 + b"\nhello", {"text": "hello"}),
    ("ten thousand references", KIM + b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(10_000)) + b"\n\nhello", {"text": "hello"}),
    ("two thousand levels", MIME + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)) + b"\nx", {}),
    ("a hundred thousand parts", MIXED + b"--cut\n\nx\n" * 100_000, {"attachments_has": "more"}),
    ("a hundred kilobytes of <", HTML + b"<a " * 40_000, {}),
    ("a hundred kilobytes of comments", HTML + b"<!--" * 40_000, {}),
]  # fmt: skip
