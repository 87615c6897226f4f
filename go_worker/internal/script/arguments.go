package script

import (
	"reflect"
	"strings"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/unistring"
)

// nameArguments makes functions of the program name their `arguments` where an arrow function inside
// names them. The interpreter forgets to make them else, and fails.
func nameArguments(program *ast.Program, source string) {
	if strings.Contains(source, "arguments") && strings.Contains(source, "=>") {
		eachFunction(reflect.ValueOf(program.Body), map[uintptr]bool{})
	}
}

func eachFunction(v reflect.Value, seen map[uintptr]bool) {
	switch v.Kind() {
	case reflect.Interface:
		eachFunction(v.Elem(), seen)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		function, ok := v.Interface().(*ast.FunctionLiteral)
		if ok && function.Body != nil && arrowNames(reflect.ValueOf(function.Body), false) {
			addName(function)
		}
		eachFunction(v.Elem(), seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachFunction(v.Field(i), seen)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachFunction(v.Index(i), seen)
		}
	}
}

// arrowNames tells whether an arrow function that belongs to this code names `arguments`.
func arrowNames(v reflect.Value, inArrow bool) bool {
	switch v.Kind() {
	case reflect.Interface:
		return arrowNames(v.Elem(), inArrow)
	case reflect.Pointer:
		if v.IsNil() {
			return false
		}
		switch n := v.Interface().(type) {
		case *ast.FunctionLiteral:
			return false
		case *ast.Identifier:
			return inArrow && n.Name == "arguments"
		case *ast.ArrowFunctionLiteral:
			inArrow = true
		}
		return arrowNames(v.Elem(), inArrow)
	case reflect.Struct:
		for i := range v.NumField() {
			// Declarations stand a second time in the lists of their scopes.
			if f := v.Type().Field(i); f.IsExported() && f.Name != "DeclarationList" && arrowNames(v.Field(i), inArrow) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if arrowNames(v.Index(i), inArrow) {
				return true
			}
		}
	}
	return false
}

// addName puts the statement `arguments` behind the directives of a function.
func addName(function *ast.FunctionLiteral) {
	list := function.Body.List
	at := 0
	for at < len(list) && isDirective(list[at]) {
		at++
	}
	named := &ast.ExpressionStatement{Expression: &ast.Identifier{
		Name: unistring.NewFromString("arguments"), Idx: function.Body.LeftBrace}}
	made := append([]ast.Statement{}, list[:at]...)
	function.Body.List = append(append(made, named), list[at:]...)
}

func isDirective(statement ast.Statement) bool {
	expression, ok := statement.(*ast.ExpressionStatement)
	if !ok {
		return false
	}
	_, ok = expression.Expression.(*ast.StringLiteral)
	return ok
}
