"""What stands in the way when somebody joins, leaves or looks after a group. Each says so in kind words."""

from people.errors import Refused


class NameTaken(Refused):
    """Somebody in this group is called that already."""


class NamesTaken(NameTaken):
    """Some of several names are somebody else's: which, by the primary keys of the places."""

    def __init__(self, words: str, places: list[int]) -> None:
        super().__init__(words)
        self.places = places


class RunsIt(Refused):
    """Whoever runs a group takes no break from it, and is put out by nobody there."""


class DayRefused(Refused):
    """A break ends on a day that is still to come, within a year."""


class NotPutOut(Refused):
    """The person is not where this could be done: they left, or somebody was faster."""


class GroupNameTaken(Refused):
    """Another group is called that."""


class AlreadyAsked(Refused):
    """The person belongs, or their request is on its way."""


class AskedOften(Refused):
    """The person has asked this group several times today. They may ask again tomorrow."""


class AlreadyDecided(Refused):
    """Somebody else answered first."""


class NoVisits(Refused):
    """The group does not let anybody come once and see."""


class NoTalks(Refused):
    """The group offers no welcome talk, or the person would rather not."""


class BadTime(Refused):
    """A talk is at a time that is still to come, and was held at one that is over."""


class TalkChanged(Refused):
    """Another time stands than the one that was answered."""


class NotSuggested(Refused):
    """A group that takes nobody new, or that nobody can find, is no suggestion."""


class AgreementChanged(Refused):
    """The agreement is not the one that the person read."""


class NotTakingPeople(Refused):
    """The group takes nobody new: closed, not open yet, or closed to this person. It never says which."""


class OfferRunOut(Refused):
    """The time to answer is over."""


class OfferGone(Refused):
    """No place is held for this person: they answered, it went on, or the group ended."""


class GroupFull(Refused):
    """Every place is taken."""


class LastFacilitator(Refused):
    """A group is never left without somebody who runs it."""


class CannotRunGroup(Refused):
    """This person cannot be given the group."""


class NoName(Refused):
    """The group needs a name to know this person by."""


class HelpLinesUnconfirmed(Refused):
    """No group opens before an admin has put their name to the help lines (R51)."""


class NoFacilitator(Refused):
    """No group opens without somebody who runs it."""


class NoAgreement(Refused):
    """No group opens before it has an agreement."""


class DoorRefused(Refused):
    """The link does not lead to a video room that we trust (safety.md T8)."""


class InvitationGone(Refused):
    """The letter is used, taken back, too old, or from somebody who may not invite any more."""


class OtherAddress(Refused):
    """A role with power goes only to the address its letter was sent to."""


class WordTaken(Refused):
    """The organisation has this word, or this area, already."""


class StillInUse(Refused):
    """A group uses this word, or is in this area."""


class NameNeeded(Refused):
    """A group knows each person by some name."""


class AddressTaken(Refused):
    """Another group has this address, or a page of ours has it."""


class KindStays(Refused):
    """People came to what the group is, so it does not become something else."""


class GroupEnded(Refused):
    """It has ended: first it is opened again."""


class BadEnding(Refused):
    """A group ends on a day that is still to come, and after it began."""


class SectionMissing(Refused):
    """An agreement speaks of everything that R18 names, and of meeting online where the group does (R20)."""


class TooManyProposals(Refused):
    """Somebody has proposed several changes that nobody has answered yet."""


class AwayOverlaps(Refused):
    """The person is away on some of these days already."""


class CannotStandIn(Refused):
    """Whoever is named does not run the group, or is away themself then."""


class DayIsPast(Refused):
    """Nobody can be away yesterday."""


class AlreadyPaired(Refused):
    """This person has a pair in the programme, or one is proposed to them."""


class NoRoomForPair(Refused):
    """The mentor takes nobody new: closed, full, or no mentor any more."""


class KnowEachOther(Refused):
    """The two know each other from a group that one of them runs (R75). It may still be meant."""


class PairOver(Refused):
    """The two are no pair any more, or not yet."""


class PairDates(Refused):
    """The days do not fit what a pair may agree to (R71)."""


class AlreadyExtended(Refused):
    """A pair is made longer once (R71)."""


class NothingToSuggest(Refused):
    """What somebody waits for is a group that they can find and ask."""


class CountChanged(Refused):
    """Another number of people would read it than was shown."""


class TooManyThisHour(Refused):
    """The organisation writes to so many people in an hour, and no more."""


class AlreadyTold(Refused):
    """It has gone out."""
