package template

// Word lists: internet, files, databases. Never changed at run time.
var (
	colours = []string{
		"red", "green", "blue", "yellow", "purple", "orange", "pink", "teal", "cyan", "magenta",
		"maroon", "olive", "azure", "ivory", "lavender", "indigo", "violet", "turquoise", "gold",
		"silver", "grey", "black", "white", "tan",
	}
	abbreviations = []string{
		"TCP", "HTTP", "SDD", "RAM", "GB", "CSS", "SSL", "AGP", "SQL", "FTP", "PCI", "AI", "ADP", "RSS",
		"XML", "EXE", "COM", "HDD", "THX", "SMTP", "SMS", "USB", "PNG", "SAS", "IB", "SCSI", "JSON",
		"XSS", "JBOD",
	}
	locales = []string{
		"af", "ar", "cs", "de", "el", "en", "es", "fa", "fi", "fr", "ge", "hu", "it", "ja", "ko", "nb",
		"nl", "pl", "pt", "ro", "ru", "sk", "sv", "tr", "uk", "vi", "zh",
	}
	userAgents = []string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
	}
	domainSuffixes = []string{
		"com", "net", "org", "info", "biz", "name", "io",
	}
	mailHosts = []string{
		"gmail.com", "yahoo.com", "hotmail.com",
	}
	fileKinds = []string{
		"video", "audio", "image", "text", "application",
	}
	fileExtensions = []string{
		"csv", "css", "doc", "gif", "htm", "ico", "jar", "jpg", "json", "mp3", "mp4", "odt", "ogg",
		"pdf", "png", "ppt", "rtf", "svg", "tar", "tif", "txt", "wav", "webm", "xls", "xml", "zip",
	}
	commonFileKinds = []string{
		"video", "audio", "image", "text", "application",
	}
	commonExtensions = []string{
		"pdf", "mpeg", "wav", "png", "jpg", "gif", "mp4", "html", "mp3", "txt",
	}
	directories = []string{
		"/Applications", "/bin", "/boot", "/dev", "/etc", "/home", "/home/user", "/lib", "/media",
		"/mnt", "/opt", "/private", "/root", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin",
		"/usr/include", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var", "/var/log",
		"/var/mail", "/var/spool", "/var/tmp",
	}
	mimeTypes = []string{
		"application/gzip", "application/javascript", "application/json", "application/msword",
		"application/octet-stream", "application/pdf", "application/rtf", "application/vnd.ms-excel",
		"application/xml", "application/zip", "audio/mpeg", "audio/ogg", "audio/wav", "font/woff2",
		"image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp", "multipart/form-data",
		"text/calendar", "text/css", "text/csv", "text/html", "text/plain", "text/xml", "video/mp4",
		"video/mpeg", "video/webm",
	}
	databaseColumns = []string{
		"id", "title", "name", "email", "phone", "token", "group", "category", "password", "comment",
		"avatar", "status", "createdAt", "updatedAt",
	}
	databaseTypes = []string{
		"int", "varchar", "text", "date", "datetime", "tinyint", "time", "timestamp", "smallint",
		"mediumint", "bigint", "decimal", "float", "double", "real", "bit", "boolean", "serial", "blob",
		"binary", "enum", "set", "geometry", "point",
	}
	databaseCollations = []string{
		"utf8_unicode_ci", "utf8_general_ci", "utf8_bin", "ascii_bin", "ascii_general_ci", "cp1250_bin",
		"cp1250_general_ci",
	}
	databaseEngines = []string{
		"InnoDB", "MyISAM", "MEMORY", "CSV", "BLACKHOLE", "ARCHIVE",
	}
)
