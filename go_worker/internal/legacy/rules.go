package legacy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

// Kinds of saves.
const (
	saveXPath = iota
	saveJSON
	saveRegex
	saveConstant
	saveInt
	saveChoice
)

// extractor translates a save. What finds nothing keeps the value of before, as in the original.
func (t *translator) extractor(plan *wire.SaveParamAction, scope pb.Scope, known names, where string) *pb.Extractor {
	if plan.ParamName == "" {
		t.refuse(where, "it has no name to save under")
		return nil
	}
	rule := &pb.Extractor{Variable: known.of(plan.ParamName), Scope: scope, OnMiss: pb.OnMiss_ON_MISS_KEEP}
	switch plan.SaveType {
	case saveXPath:
		rule.Language = &pb.Extractor_Xpath{Xpath: plan.RuleValue}
	case saveJSON:
		rule.Language = &pb.Extractor_Jsonpath{Jsonpath: dotted(plan.RuleValue)}
	case saveRegex:
		rule.Language = &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: plan.RuleValue}}
	case saveConstant:
		rule.Language = &pb.Extractor_Constant{Constant: known.template(plan.RuleValue)}
	case saveInt:
		bounds, err := readRange(plan.RuleValue)
		if err != nil {
			t.refuse(where, "%v", err)
			return nil
		}
		rule.Language = &pb.Extractor_RandomInt{RandomInt: bounds}
	case saveChoice:
		values, err := readChoices(plan.RuleValue)
		if err != nil {
			t.refuse(where, "%v", err)
			return nil
		}
		rule.Language = &pb.Extractor_RandomChoice{RandomChoice: &pb.Choices{Values: values}}
	default:
		t.refuse(where, "SaveType %d is not known", plan.SaveType)
		return nil
	}
	return rule
}

// addVariable makes a save without an answer a variable of the plan. When another task has a
// variable of this name, the new one gets a name of its own; of two setup requests the later counts.
func (t *translator) addVariable(plan *wire.SaveParamAction, scope pb.Scope, known names, where string) {
	rule := t.extractor(plan, scope, names{}, where)
	if rule == nil {
		return
	}
	made := &pb.Variable{Name: plan.ParamName, Scope: scope}
	if scope != pb.Scope_SCOPE_RUN {
		made.Name = t.freeName(plan.ParamName)
	}
	switch language := rule.Language.(type) {
	case *pb.Extractor_Constant:
		constant := known.template(plan.RuleValue)
		made.Value = &constant
	case *pb.Extractor_RandomInt:
		text := fmt.Sprintf("$int %d %d", language.RandomInt.Min, language.RandomInt.Max)
		made.Generator = &text
	case *pb.Extractor_RandomChoice:
		text := "$choice"
		for _, value := range language.RandomChoice.Values {
			text += " " + quoted(value)
		}
		made.Generator = &text
	default:
		t.refuse(where, "there is no answer to read %q from: the request has no URL", plan.ParamName)
		return
	}
	known[plan.ParamName] = made.Name
	t.plan.Variables = append(t.plan.Variables, made)
}

func (t *translator) freeName(name string) string {
	taken := map[string]bool{}
	for _, one := range t.plan.Variables {
		taken[one.Name] = true
	}
	own := name
	for number := 2; taken[own]; number++ {
		own = fmt.Sprintf("%s_%d", name, number)
	}
	return own
}

var plainArgument = regexp.MustCompile(`^[\w.:/@+-]+$`)

// quoted is an argument of a template function.
func quoted(text string) string {
	if plainArgument.MatchString(text) {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

var bounds = regexp.MustCompile(`^\s*(-?\d{1,18})\s*[,-]\s*(-?\d{1,18})\s*$`)

func readRange(text string) (*pb.IntRange, error) {
	found := bounds.FindStringSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("%q is no range such as 1,100", text)
	}
	low, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		return nil, err
	}
	high, err := strconv.ParseInt(found[2], 10, 64)
	if err != nil {
		return nil, err
	}
	return &pb.IntRange{Min: min(low, high), Max: max(low, high)}, nil
}

// readChoices: the first character separates the choices, as in `,red,green`.
func readChoices(text string) ([]string, error) {
	if len(strings.TrimSpace(text)) < 3 {
		return nil, fmt.Errorf("%q is no list of choices such as ,red,green", text)
	}
	separator := string([]rune(text)[0])
	return strings.Split(strings.TrimPrefix(text, separator), separator), nil
}

var plainName = regexp.MustCompile(`^[A-Za-z_$][\w$]*$`)

// dotted is `dataList.2.name` as `dataList[2].name`.
func dotted(rule string) string {
	var out strings.Builder
	for _, part := range strings.Split(rule, ".") {
		number, err := strconv.ParseUint(part, 10, 30)
		switch {
		case err == nil:
			fmt.Fprintf(&out, "[%d]", number)
		case plainName.MatchString(part):
			if out.Len() > 0 {
				out.WriteByte('.')
			}
			out.WriteString(part)
		default:
			fmt.Fprintf(&out, `["%s"]`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(part))
		}
	}
	return out.String()
}

// assertions translates the claims. As in the original an answer of 400 and above is a failure,
// whatever else is claimed. The article about the original has types 1 and 3 the other way round; its
// worker's code is as here.
func (t *translator) assertions(plan []*wire.AssertAction, where string) []*pb.Assertion {
	made := []*pb.Assertion{{Name: "status below 400", Target: pb.Target_TARGET_STATUS,
		Operator: pb.Operator_OPERATOR_LESS, Expected: "400"}}
	for i, one := range plan {
		claim := &pb.Assertion{Expected: strconv.Itoa(int(one.RuleValue)), Target: pb.Target_TARGET_SIZE}
		switch one.AssertType {
		case 0:
			claim.Target, claim.Operator = pb.Target_TARGET_STATUS, pb.Operator_OPERATOR_EQUALS
		case 1:
			claim.Operator = pb.Operator_OPERATOR_GREATER
		case 2:
			claim.Operator = pb.Operator_OPERATOR_EQUALS
		case 3:
			claim.Operator = pb.Operator_OPERATOR_LESS
		default:
			t.refuse(fmt.Sprintf("%s.AssertChain[%d]", where, i), "AssertType %d is not known", one.AssertType)
			continue
		}
		made = append(made, claim)
	}
	return made
}
