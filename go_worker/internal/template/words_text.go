package template

// Word lists: dates, words, lorem ipsum. Never changed at run time.
var (
	weekdays = []string{
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
	}
	months = []string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September",
		"October", "November", "December",
	}
	loremWords = []string{
		"alias", "consequatur", "aut", "perferendis", "sit", "voluptatem", "accusantium", "doloremque",
		"aperiam", "eaque", "ipsa", "quae", "ab", "illo", "inventore", "veritatis", "et", "quasi",
		"architecto", "beatae", "vitae", "dicta", "sunt", "explicabo", "aspernatur", "odit", "fugit",
		"sed", "quia", "consequuntur", "magni", "dolores", "eos", "qui", "ratione", "sequi", "nesciunt",
		"neque", "dolorem", "ipsum", "dolor", "amet", "consectetur", "adipisci", "velit", "non",
		"numquam", "eius", "modi", "tempora", "incidunt", "ut", "labore", "dolore", "magnam", "aliquam",
		"quaerat", "enim", "ad", "minima", "veniam", "quis", "nostrum",
	}
	nouns = []string{
		"alarm", "application", "array", "bandwidth", "bus", "capacitor", "card", "circuit", "driver",
		"feed", "firewall", "hard drive", "interface", "matrix", "microchip", "monitor", "panel",
		"pixel", "port", "program", "protocol", "sensor", "system", "transmitter",
	}
	verbs = []string{
		"back up", "bypass", "calculate", "compress", "connect", "copy", "generate", "hack", "index",
		"input", "navigate", "override", "parse", "program", "quantify", "reboot", "synthesize",
		"transmit",
	}
	ingVerbs = []string{
		"backing up", "bypassing", "calculating", "compressing", "connecting", "copying", "generating",
		"hacking", "indexing", "navigating", "overriding", "parsing", "programming", "quantifying",
		"rebooting", "synthesizing", "transmitting",
	}
	adjectives = []string{
		"1080p", "auxiliary", "back-end", "bluetooth", "cross-platform", "digital", "haptic", "mobile",
		"multi-byte", "neural", "online", "open-source", "optical", "primary", "redundant",
		"solid state", "virtual", "wireless",
	}
	plainWords = []string{
		"account", "bridge", "circle", "district", "engine", "forward", "garden", "harbor", "island",
		"journey", "kitchen", "ledger", "margin", "number", "orange", "planet", "quality", "record",
		"signal", "ticket", "union", "vector", "window", "yellow", "zone", "Central", "Dynamic",
		"Mobile", "navigating", "Refined", "synergy", "parsing", "transmitting", "Steel", "withdrawal",
		"deposit",
	}
)
