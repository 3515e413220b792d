"""What tests of a run's page read from it."""
from browser import PageTest

# Every row in sight: its sides as (time, mark's shape, words), null where nothing is.
ROWS = """[...document.querySelectorAll('.row')].map((row) => [...row.querySelectorAll('.half')].map((half) =>
  half.classList.contains('absent') ? null : [half.querySelector('.time').textContent,
  half.querySelector('.sign')?.textContent ?? '', half.querySelector('.words').innerText.replaceAll(String.fromCharCode(160), ' ')]))"""
SELECTED = "document.querySelector('.row[aria-selected=true]')"
TAGS = ("adversary ", "defence ", "lifted ")


def micros(picoseconds):
    return "%d.%03d µs" % (picoseconds // 10**6, picoseconds % 10**6 // 1000)


def play_of(run):
    return [(micros(line["time_ps"]), "%s %s%s" % (line["actor"], line["text"], " [%s]" % line["clause"] if line["clause"] else ""))
            for line in run["play"]]


def without_tag(words):
    for tag in TAGS:
        if words.startswith(tag):
            return words[len(tag):]
    return words


def lines_of(rows, side):
    """The lines of the play that rows show on a side: neither messages (arrows end in the lane of another) nor breaches."""
    return [(row[side][0], without_tag(row[side][2])) for row in rows if row[side] and not row[side][2].startswith("broken ")]


class RunPageTest(PageTest):
    def rows(self):
        return self.js(ROWS)

    def show(self, view):
        self.page.select(selector=".tools select", value=view)
        self.frames()

    def only_lines(self):
        self.show("play")
        self.js("document.querySelectorAll('.row .half.message').forEach((half) => half.className = 'half absent')")
        return self.rows()

    def selected(self):
        return self.js(SELECTED + ".getAttribute('aria-label')")

    def shown(self):
        return self.js("Number(document.querySelector('.row')?.getAttribute('aria-setsize') ?? 0)")

    def dumps(self):
        """The bytes of each dump in the pane, and how many of them are marked as changed."""
        out = []
        for text, marked in self.js("""[...document.querySelectorAll('.dump')].map((dump) =>
                [dump.innerText, [...dump.querySelectorAll('.changed')].map((part) => part.textContent)])"""):
            data = b"".join(bytes.fromhex(line[6:6 + 49].strip().replace(" ", "")) for line in text.splitlines() if line)
            out.append((data, marked))
        return out
