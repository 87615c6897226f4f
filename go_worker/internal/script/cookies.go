package script

import "github.com/grafana/sobek"

// jarFunctions are what pm.cookies.jar() calls.
func (r *Runtime) jarFunctions() map[string]any {
	return map[string]any{
		"jarCookies": func(url string) sobek.Value {
			found, err := r.host.JarCookies(url)
			if err != nil {
				panic(r.vm.NewGoError(err))
			}
			list := make([]any, len(found))
			for i := range found {
				list[i] = r.cookie(&found[i])
			}
			return r.vm.NewArray(list...)
		},
		"setCookie": func(url, line string) {
			if err := r.host.SetCookie(url, line); err != nil {
				panic(r.vm.NewGoError(err))
			}
		},
		"removeCookie": func(name, domain, path string) {
			r.host.RemoveCookie(Cookie{Name: name, Domain: domain, Path: path})
		},
	}
}

// cookie is one of the jar with the names that Postman gives its parts.
func (r *Runtime) cookie(c *Cookie) *sobek.Object {
	o := r.vm.NewObject()
	for name, value := range map[string]any{"name": c.Name, "value": c.Value, "domain": c.Domain,
		"path": c.Path, "hostOnly": c.HostOnly, "secure": c.Secure, "httpOnly": c.HTTPOnly} {
		r.set(o, name, value)
	}
	if !c.Expires.IsZero() {
		r.set(o, "expires", c.Expires.UnixMilli())
	}
	return o
}
