package template

// Word lists: finance and business. Never changed at run time.
var (
	accountNames = []string{
		"Checking Account", "Savings Account", "Money Market Account", "Investment Account",
		"Credit Card Account", "Home Loan Account", "Auto Loan Account", "Personal Loan Account",
	}
	transactionTypes = []string{
		"deposit", "withdrawal", "payment", "invoice",
	}
	currencyCodes = []string{
		"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HUF", "IDR", "ILS", "INR",
		"JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY",
		"UAH", "USD", "VND", "ZAR",
	}
	currencyNames = []string{
		"Australian Dollar", "Brazilian Real", "Canadian Dollar", "Swiss Franc", "Yuan Renminbi",
		"Czech Koruna", "Danish Krone", "Euro", "Pound Sterling", "Forint", "Rupiah",
		"New Israeli Sheqel", "Indian Rupee", "Yen", "Won", "Mexican Peso", "Malaysian Ringgit",
		"Norwegian Krone", "New Zealand Dollar", "Philippine Peso", "Zloty", "Leu", "Swedish Krona",
		"Singapore Dollar", "Baht", "Turkish Lira", "Hryvnia", "US Dollar", "Dong", "Rand",
	}
	currencySymbols = []string{
		"$", "€", "£", "¥", "₩", "₪", "₫", "฿", "₱", "₴", "kr", "zł", "Kč", "Ft", "lei", "R", "Rp",
		"CHF",
	}
	ibanCountries = []string{
		"AT", "BE", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "NL",
		"NO", "PL", "PT", "SE", "SI", "SK",
	}
	companySuffixes = []string{
		"Inc", "LLC", "Group", "and Sons",
	}
	bsAdjectives = []string{
		"adaptive", "clear", "collaborative", "compelling", "cutting-edge", "distributed", "dynamic",
		"efficient", "extensible", "global", "granular", "holistic", "innovative", "integrated",
		"interactive", "intuitive", "open-source", "plug-and-play", "proactive", "real-time", "robust",
		"scalable", "seamless", "sticky", "strategic", "turn-key", "ubiquitous", "virtual", "visionary",
		"world-class",
	}
	bsBuzzes = []string{
		"aggregate", "architect", "benchmark", "cultivate", "deliver", "deploy", "drive", "embrace",
		"empower", "enable", "engage", "engineer", "enhance", "evolve", "expedite", "facilitate",
		"generate", "grow", "harness", "implement", "incubate", "integrate", "iterate", "leverage",
		"maximize", "optimize", "orchestrate", "reinvent", "scale", "streamline", "synergize",
		"transform", "unleash", "visualize",
	}
	bsNouns = []string{
		"action-items", "applications", "architectures", "bandwidth", "channels", "communities",
		"content", "convergence", "deliverables", "e-business", "experiences", "functionalities",
		"infrastructures", "interfaces", "markets", "methodologies", "metrics", "models", "networks",
		"niches", "paradigms", "partnerships", "platforms", "portals", "relationships", "schemas",
		"solutions", "supply-chains", "synergies", "systems", "technologies", "users", "vortals",
		"web services",
	}
	catchAdjectives = []string{
		"Adaptive", "Advanced", "Balanced", "Centralized", "Compatible", "Configurable",
		"Cross-platform", "Customizable", "Decentralized", "Digitized", "Distributed", "Enhanced",
		"Expanded", "Extended", "Focused", "Front-line", "Fundamental", "Grass-roots", "Implemented",
		"Innovative", "Integrated", "Intuitive", "Managed", "Monitored", "Multi-layered", "Networked",
		"Open-source", "Operative", "Optimized", "Organized", "Persistent", "Proactive", "Progressive",
		"Public-key", "Reactive", "Realigned", "Reduced", "Robust", "Seamless", "Secured", "Sharable",
		"Stand-alone", "Synchronised", "Team-oriented", "Total", "Universal", "User-centric",
		"Versatile", "Virtual",
	}
	catchDescriptors = []string{
		"24 hour", "24/7", "3rd generation", "4th generation", "actuating", "analyzing", "asymmetric",
		"asynchronous", "background", "bi-directional", "bottom-line", "client-driven", "client-server",
		"coherent", "composite", "content-based", "context-sensitive", "dedicated", "demand-driven",
		"directional", "discrete", "dynamic", "empowering", "encompassing", "executive", "explicit",
		"fault-tolerant", "full-range", "global", "heuristic", "high-level", "holistic",
		"human-resource", "hybrid", "impactful", "incremental", "intangible", "interactive",
		"intermediate", "leading edge", "local", "logistical", "mobile", "modular", "motivating",
		"multi-tasking", "national", "needs-based", "neutral", "object-oriented", "optimal", "radical",
		"real-time", "reciprocal", "regional", "responsive", "scalable", "secondary", "stable",
		"static", "systematic", "tangible", "tertiary", "transitional", "uniform", "upward-trending",
		"user-facing", "value-added", "web-enabled", "zero defect", "zero tolerance",
	}
	catchNouns = []string{
		"ability", "access", "adapter", "algorithm", "alliance", "analyzer", "application", "approach",
		"architecture", "archive", "array", "attitude", "benchmark", "budgetary management",
		"capability", "capacity", "challenge", "circuit", "collaboration", "complexity", "concept",
		"contingency", "core", "customer loyalty", "data-warehouse", "database", "definition",
		"emulation", "encoding", "encryption", "extranet", "firmware", "flexibility", "forecast",
		"framework", "function", "groupware", "hardware", "help-desk", "hierarchy", "hub",
		"implementation", "info-mediaries", "infrastructure", "initiative", "installation",
		"instruction set", "interface", "intranet", "knowledge base", "leverage", "local area network",
		"matrix", "methodology", "middleware", "migration", "model", "moderator", "monitoring",
		"neural-net", "open architecture", "open system", "orchestration", "paradigm", "parallelism",
		"policy", "portal", "pricing structure", "process improvement", "product", "productivity",
		"project", "projection", "protocol", "service-desk", "software", "solution", "standardization",
		"strategy", "structure", "success", "superstructure", "support", "synergy", "system engine",
		"task-force", "throughput", "time-frame", "toolset", "utilisation", "website", "workforce",
	}
	departments = []string{
		"Automotive", "Baby", "Beauty", "Books", "Clothing", "Computers", "Electronics", "Games",
		"Garden", "Grocery", "Health", "Home", "Industrial", "Jewelery", "Kids", "Movies", "Music",
		"Outdoors", "Shoes", "Sports", "Tools", "Toys",
	}
	products = []string{
		"Bacon", "Ball", "Bike", "Car", "Chair", "Cheese", "Chicken", "Chips", "Computer", "Fish",
		"Gloves", "Hat", "Keyboard", "Mouse", "Pants", "Pizza", "Salad", "Sausages", "Shirt", "Shoes",
		"Soap", "Table", "Towels", "Tuna",
	}
	productAdjectives = []string{
		"Awesome", "Ergonomic", "Fantastic", "Generic", "Gorgeous", "Handcrafted", "Handmade",
		"Incredible", "Intelligent", "Licensed", "Practical", "Refined", "Rustic", "Sleek", "Small",
		"Tasty", "Unbranded",
	}
	productMaterials = []string{
		"Concrete", "Cotton", "Fresh", "Frozen", "Granite", "Metal", "Plastic", "Rubber", "Soft",
		"Steel", "Wooden",
	}
)
