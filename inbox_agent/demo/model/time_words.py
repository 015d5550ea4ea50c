"""The words for weekdays, months, units and numbers in English, German, Spanish and French, and patterns of them."""

from inbox_agent.conversation.turn_output import Unit, Weekday

WEEKDAYS: dict[str, Weekday] = {}
for _day, _words in {
    "monday": "monday mon montag lunes lundi",
    "tuesday": "tuesday tue tues dienstag martes mardi",
    "wednesday": "wednesday wed mittwoch miércoles miercoles mercredi",
    "thursday": "thursday thu thurs donnerstag jueves jeudi",
    "friday": "friday fri freitag viernes vendredi",
    "saturday": "saturday sat samstag sonnabend sábado sabado samedi",
    "sunday": "sunday sun sonntag domingo dimanche",
}.items():
    WEEKDAYS |= dict.fromkeys(_words.split(), _day)  # type: ignore[arg-type]  # the keys above are the literals
MONTHS: dict[str, int] = {}
for _number, _words in enumerate(
    """january jan januar enero janvier|february feb februar febrero février fevrier|march mar märz marzo mars
    |april apr abril avril|may mai mayo|june jun juni junio juin|july jul juli julio juillet|august aug agosto août aout
    |september sept sep septiembre septembre|october oct oktober okt octubre octobre|november nov noviembre novembre
    |december dec dezember dez diciembre décembre decembre""".split("|"),
    start=1,
):
    MONTHS |= dict.fromkeys(_words.split(), _number)
UNITS: dict[str, Unit] = {}
for _unit, _words in {
    "second": "second seconds sec secs sekunde sekunden segundo segundos seconde secondes",
    "minute": "minute minutes min mins minuten minuto minutos",
    "hour": "hour hours hr hrs stunde stunden hora horas heure heures",
    "day": "day days tag tage tagen día días dia dias jour jours",
    "week": "week weeks woche wochen semana semanas semaine semaines",
    "month": "month months monat monate monaten mes meses mois",
    "year": "year years jahr jahre jahren año años an ans année",
}.items():
    UNITS |= dict.fromkeys(_words.split(), _unit)  # type: ignore[arg-type]  # the keys above are the literals
NUMBERS: dict[str, float] = {"half": 0.5, "half a": 0.5, "half an": 0.5, "media": 0.5, "a couple of": 2}
for _value, _words in enumerate(
    """a an one ein eine einer einem einen un una une|two zwei dos deux|three drei tres trois|four vier cuatro quatre
    |five fünf cinco cinq|six sechs seis|seven sieben siete sept|eight acht ocho huit|nine neun nueve neuf
    |ten zehn diez dix|eleven elf once onze|twelve zwölf doce douze""".split("|"),
    start=1,
):
    NUMBERS |= dict.fromkeys(_words.split(), float(_value))

ALTERNATIVES = {
    "wd": "|".join(sorted(WEEKDAYS, key=len, reverse=True)),
    "mon": "|".join(sorted(MONTHS, key=len, reverse=True)),
    "unit": "|".join(sorted(UNITS, key=len, reverse=True)),
    "num": r"\d+(?:[.,]\d+)?|" + "|".join(sorted(NUMBERS, key=len, reverse=True)),
    "biz": r"(?:business|working|work)[ -]days?|werktage?n?|arbeitstage?n?|días hábiles|jours ouvrés",
}
