package conduit

import (
	"fmt"
	"net/http"
)

// rejection is an answer other than success: its status and the "errors" object of its body.
type rejection struct {
	status int
	errors map[string][]string
}

func (r *rejection) Error() string { return fmt.Sprintf("%d %v", r.status, r.errors) }

func reject(status int, field, message string) *rejection {
	return &rejection{status: status, errors: map[string][]string{field: {message}}}
}

func notFound(object string) *rejection {
	return reject(http.StatusNotFound, object, "not found")
}

func forbidden(object string) *rejection {
	return reject(http.StatusForbidden, object, "forbidden")
}

func unauthorized(field, message string) *rejection {
	return reject(http.StatusUnauthorized, field, message)
}

// fieldCheck collects what is wrong with the fields of one body.
type fieldCheck struct{ errors map[string][]string }

func (c *fieldCheck) add(field, message string) {
	if c.errors == nil {
		c.errors = map[string][]string{}
	}
	c.errors[field] = append(c.errors[field], message)
}

// text requires a value that is not blank and not longer than maxBytes.
func (c *fieldCheck) text(field string, value *string, maxBytes int) {
	if value == nil || *value == "" {
		c.add(field, "can't be blank")
		return
	}
	c.length(field, value, maxBytes)
}

// change is text for a field that may be absent.
func (c *fieldCheck) change(field string, value *string, maxBytes int) {
	if value != nil {
		c.text(field, value, maxBytes)
	}
}

func (c *fieldCheck) length(field string, value *string, maxBytes int) {
	if value != nil && len(*value) > maxBytes {
		c.add(field, fmt.Sprintf("is too long (maximum is %d bytes)", maxBytes))
	}
}

// outcome is nil if nothing was wrong.
func (c *fieldCheck) outcome() error {
	if c.errors == nil {
		return nil
	}
	return &rejection{status: http.StatusUnprocessableEntity, errors: c.errors}
}
