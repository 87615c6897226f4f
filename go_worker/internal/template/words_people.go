package template

// Word lists: names, jobs, places. Never changed at run time.
var (
	firstNames = []string{
		"Ada", "Alan", "Alma", "Amir", "Anna", "Bela", "Boris", "Carla", "Chen", "Clara", "Dara",
		"David", "Diego", "Edith", "Elena", "Emil", "Erik", "Eva", "Farid", "Fiona", "Gina", "Goran",
		"Grace", "Hana", "Hugo", "Ida", "Igor", "Ines", "Ivan", "Jana", "Jonas", "Julia", "Kai",
		"Karim", "Kira", "Lars", "Lea", "Linus", "Luca", "Maja", "Marco", "Mira", "Nadia", "Nils",
		"Nora", "Olga", "Omar", "Oscar", "Paula", "Pedro", "Petra", "Quinn", "Rosa", "Ruben", "Sami",
		"Sara", "Sofia", "Tara", "Theo", "Tom", "Uma", "Vera", "Viktor", "Wanda", "Yara", "Yusuf",
		"Zoe",
	}
	lastNames = []string{
		"Abel", "Adler", "Bauer", "Becker", "Berg", "Blake", "Bosch", "Brandt", "Carter", "Costa",
		"Dahl", "Diaz", "Dorn", "Ebert", "Egan", "Fabre", "Fischer", "Ford", "Garcia", "Gruber", "Haas",
		"Hansen", "Hill", "Horvat", "Ibsen", "Jansen", "Jones", "Kaiser", "Keller", "Klein", "Koch",
		"Kovac", "Lang", "Larsen", "Lopez", "Maier", "Marin", "Moreau", "Moser", "Nash", "Nowak",
		"Olsen", "Ortiz", "Park", "Petrov", "Quint", "Reed", "Rossi", "Ruiz", "Sato", "Schmid", "Silva",
		"Stone", "Tanaka", "Torres", "Ude", "Vogel", "Wagner", "Weber", "Wolf", "Young", "Zeller",
	}
	namePrefixes = []string{
		"Mr.", "Mrs.", "Ms.", "Miss", "Dr.",
	}
	nameSuffixes = []string{
		"Jr.", "Sr.", "I", "II", "III", "IV", "V", "MD", "DDS", "PhD", "DVM",
	}
	jobAreas = []string{
		"Accounts", "Applications", "Assurance", "Brand", "Branding", "Communications", "Configuration",
		"Creative", "Data", "Directives", "Division", "Factors", "Functionality", "Group", "Identity",
		"Implementation", "Infrastructure", "Integration", "Interactions", "Intranet", "Marketing",
		"Markets", "Metrics", "Mobility", "Operations", "Optimization", "Paradigm", "Program",
		"Quality", "Research", "Response", "Security", "Solutions", "Tactics", "Usability", "Web",
	}
	jobDescriptors = []string{
		"Lead", "Senior", "Direct", "Corporate", "Dynamic", "Future", "Product", "National", "Regional",
		"District", "Central", "Global", "Customer", "Investor", "International", "Legacy", "Forward",
		"Internal", "Human", "Chief", "Principal",
	}
	jobTypes = []string{
		"Supervisor", "Associate", "Executive", "Liaison", "Officer", "Manager", "Engineer",
		"Specialist", "Director", "Coordinator", "Administrator", "Architect", "Analyst", "Designer",
		"Planner", "Orchestrator", "Technician", "Developer", "Producer", "Consultant", "Assistant",
		"Facilitator", "Agent", "Representative", "Strategist",
	}
	cities = []string{
		"Aldermere", "Bergheim", "Castellan", "Dunmore", "Eastbrook", "Fairhaven", "Glenwick",
		"Harborview", "Irondale", "Juniper Falls", "Kingsport", "Lakeview", "Millbrook", "Northfield",
		"Oakridge", "Port Anders", "Queensbury", "Riverton", "Stonebridge", "Thornbury", "Umberton",
		"Valemont", "Westbrook", "Yarrow",
	}
	streetSuffixes = []string{
		"Alley", "Avenue", "Branch", "Bridge", "Brook", "Circle", "Court", "Crescent", "Drive",
		"Estate", "Field", "Forge", "Garden", "Glen", "Grove", "Harbor", "Hill", "Junction", "Lane",
		"Loop", "Meadow", "Mews", "Mount", "Orchard", "Park", "Path", "Place", "Plaza", "Ridge",
		"River", "Road", "Row", "Square", "Station", "Street", "Terrace", "Trail", "Valley", "View",
		"Walk", "Way",
	}
	countries = []string{
		"Argentina", "Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "China", "Croatia",
		"Czechia", "Denmark", "Egypt", "Estonia", "Finland", "France", "Germany", "Ghana", "Greece",
		"Hungary", "Iceland", "India", "Indonesia", "Ireland", "Israel", "Italy", "Japan", "Kenya",
		"Latvia", "Mexico", "Morocco", "Nepal", "Netherlands", "New Zealand", "Nigeria", "Norway",
		"Peru", "Poland", "Portugal", "Romania", "Senegal", "Serbia", "Slovakia", "Slovenia",
		"South Africa", "Spain", "Sweden", "Switzerland", "Thailand", "Tunisia", "Turkey", "Uganda",
		"Ukraine", "United Kingdom", "Uruguay", "Vietnam", "Zambia",
	}
	countryCodes = []string{
		"AR", "AU", "AT", "BE", "BR", "CA", "CL", "CN", "HR", "CZ", "DK", "EG", "EE", "FI", "FR", "DE",
		"GH", "GR", "HU", "IS", "IN", "ID", "IE", "IL", "IT", "JP", "KE", "LV", "MX", "MA", "NP", "NL",
		"NZ", "NG", "NO", "PE", "PL", "PT", "RO", "SN", "RS", "SK", "SI", "ZA", "ES", "SE", "CH", "TH",
		"TN", "TR", "UG", "UA", "GB", "UY", "VN", "ZM",
	}
)
