"""What people ask for and say in the month of the demonstration. All of it is made up."""

from __future__ import annotations

from typing import NamedTuple


class Wish(NamedTuple):
    """Something that is asked for: of which service, how bad, and what is said of it."""

    service: str
    title: str
    text: str
    impact: int
    urgency: int
    type: str = ""


PEOPLE = {
    "harbour-bank": ("Ana Adeyemi", "Bernd Koch", "Carla Dube", "Dina Mensah", "Eva Novak"),
    "lagos-freight": ("Femi Balogun", "Grace Obi", "Hassan Musa", "Ife Ade"),
    "city-clinic": ("Dr Kim Lund", "Lena Haddad", "Marco Reis", "Nina Weber"),
}
COVERED = {
    "harbour-bank": ("payments", "network"),
    "lagos-freight": ("mail", "workplace", "network"),
    "city-clinic": ("records", "workplace"),
}
WISHES = (
    Wish(
        "payments",
        "Payout file of {day} was not taken",
        "Our file went out at 17:40 and we see no receipt.",
        1,
        1,
    ),
    Wish(
        "payments",
        "Ledger shows {name}'s transfer twice",
        "Same amount, same reference, four minutes apart.",
        2,
        1,
    ),
    Wish(
        "payments",
        "Read access for a new auditor",
        "{name} starts on Monday and needs to read the ledger until December.",
        3,
        3,
        "access",
    ),
    Wish("payments", "Statement of last month is missing a page", "Page 3 of 7 is blank.", 3, 2),
    Wish(
        "payments",
        "Raise the limit for one transfer",
        "Once, for {day}, approved by our board.",
        2,
        2,
        "limit",
    ),
    Wish(
        "network",
        "VPN drops for the Lagos office",
        "Every 5 or 6 minutes for about 40 seconds since last night. 38 people.",
        1,
        2,
    ),
    Wish(
        "network",
        "Cannot reach the ledger from Accra",
        "Since the carrier changed something, we believe.",
        2,
        2,
    ),
    Wish("network", "Slow names from the build farm", "Names take two seconds, addresses do not.", 3, 3),
    Wish("network", "Certificate of the router ends in six days", "The monitor on our side says so.", 2, 3),
    Wish("network", "New circuit: when is the handover?", "The carrier asks for a date.", 3, 3),
    Wish("mail", "Mail to {name} comes back", "Refused as too large, but it has 40 kB.", 2, 2),
    Wish("mail", "A distribution list for the night shift", "Six people, names below.", 3, 3),
    Wish("mail", "Everything from our broker is in the spam folder", "Since {day}.", 2, 2),
    Wish("mail", "Mailbox of {name} is full", "She cannot delete anything either.", 3, 2),
    Wish("workplace", "A laptop for {name}", "Starts on the first of the month; the usual image.", 3, 3),
    Wish("workplace", "Printer on the second floor prints stripes", "Black ones, on every page.", 3, 3),
    Wish(
        "workplace",
        "File share asks for a password again and again",
        "On all machines of the accounts team.",
        2,
        1,
    ),
    Wish("workplace", "Screen stays black after the update", "Two of nine machines.", 2, 2),
    Wish(
        "records", "Scans of ward 4 do not arrive", "The scanner says sent. Nothing since this morning.", 1, 1
    ),
    Wish(
        "records",
        "Records are slow in the afternoon",
        "A page takes ten seconds between 14:00 and 16:00.",
        2,
        2,
    ),
    Wish("records", "{name} sees the wrong ward", "She moved to ward 2 last week.", 3, 2),
    Wish("records", "Export for the registry", "Due at the end of the quarter.", 3, 3),
)
TOLD = (
    "We have it and look into it. You hear from us again within the hour.",
    "We could see it ourselves and know where to look.",
    "The supplier is on it; their answer is due today.",
    "It works again here. Could you look whether it does for you?",
    "We are still at it. Nothing new to say, but you are not forgotten.",
)
NOTED = (
    "carrier called, no time given", "looks like the change of last night", "logs kept, nothing in them so far",
    "same as last week, see the note there", "tried a restart on the spare one: no difference",
)  # fmt: skip
ASKED = (
    "Since when, exactly?",
    "Which machine is it?",
    "Does it happen to others, too?",
    "Could you send us the file?",
)
SAID = (
    "Since about nine this morning.",
    "It is the one at reception.",
    "Yes, to everybody here.",
    "Sent, please look again.",
    "It still happens.",
)
OUTCOMES = (
    "Restarted the tunnel with the former settings; held for an hour.", "Rights given until the date named.",
    "Cleaned the queue and sent what waited.", "Exchanged the part.", "Set up as asked; the person has signed in once.",
    "Found on the customer's side; explained how to mend it.", "Corrected the entry and told both parties.",
)  # fmt: skip
FAILURES = (
    "refused by {id}:5432", "no answer within 5 s", "disk used 97 %", "certificate ends in 2 days", "http 503",
    "process is not there", "latency 4100 ms",
)  # fmt: skip
MENDED = (
    "Restarted by its procedure; the cause was a full disk.",
    "The carrier mended their end.",
    "Rolled back the change of the evening.",
    "A cable was loose.",
    "Nobody did anything; it came back by itself and was looked at.",
)
CAUSES = (
    (
        "monitoring",
        "no alarm on the free space",
        "the disk was full\nnobody saw it fill\nno alarm on the free space",
    ),
    (
        "change",
        "a change without a second pair of eyes",
        "the setting was wrong\nnobody read it after it was made",
    ),
    (
        "knowledge",
        "one person knows it",
        "it waited until noon\nonly one could restart it\none person knows it",
    ),
    (
        "access",
        "the certificate had no owner",
        "it had run out\nnobody was told\nthe certificate had no owner",
    ),
)
"""Of what went wrong: a category, the cause, and the whys that led to it."""
CONTAINED = (
    "restarted, and watched for an hour",
    "switched to the other one",
    "taken out of use until it is mended",
)
EVIDENCE = ("The alarm, as it is set now.", "The drill of last week passed.", "The change was read by two.")
COMMENTS = (
    "Quick and friendly.",
    "",
    "",
    "Had to ask twice.",
    "Took long, but was explained well.",
    "Nobody told me anything for a day.",
)
TOLD_TO_ALL = (
    "We see it and work on it. You hear from us again within half an hour.",
    "Nothing is lost. We know which part it is, and are bringing it up.",
    "It is still not back; the supplier is with us. Next word in half an hour.",
)
WRITER_CAUSE = "The log volume stalls for some seconds at ten past two, when its snapshot is taken; the writer gives up after five."
WRITER_ROUND = (
    "Pause the payouts intake, restart the writer, wait for the first commit, open the intake again."
)
REVIEWED = "One database behind three services, and nobody was told that its disk filled."
AFTER_REVIEW = "A second database for the records, and an alarm at 80 % of the disk."
GREAT = (
    "payouts intake paused",
    "writer restarted, fell again after 40 s",
    "disk of the log volume was exchanged at noon; asked the vendor",
    "customers told: payments are queued, none is lost",
)
