// Package version says which hazard this is.
package version

// Number is the version of hazard, the same as that of the Python package.
const Number = "0.1.0"
