package legacy

import (
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

func saves(kind int32, rule string) *wire.SaveParamAction {
	return &wire.SaveParamAction{SaveType: kind, ParamName: "name", RuleValue: rule}
}

func TestSavesAreTranslatedByTheirType(t *testing.T) {
	for text, want := range map[*wire.SaveParamAction]*pb.Extractor{
		saves(0, "//a/@href"):       {Language: &pb.Extractor_Xpath{Xpath: "//a/@href"}},
		saves(1, "list.2.a b.name"): {Language: &pb.Extractor_Jsonpath{Jsonpath: `list[2]["a b"].name`}},
		saves(2, `id=(\d+)`):        {Language: &pb.Extractor_Regex{Regex: &pb.Regex{Pattern: `id=(\d+)`}}},
		saves(3, "v {@other@}"):     {Language: &pb.Extractor_Constant{Constant: "v {{other}}"}},
		saves(4, "9, -3"):           {Language: &pb.Extractor_RandomInt{RandomInt: &pb.IntRange{Min: -3, Max: 9}}},
		saves(5, ";red;green"): {Language: &pb.Extractor_RandomChoice{
			RandomChoice: &pb.Choices{Values: []string{"red", "green"}}}},
	} {
		want.Variable, want.Scope, want.OnMiss = "name", pb.Scope_SCOPE_ITERATION, pb.OnMiss_ON_MISS_KEEP
		made := &translator{plan: &pb.Plan{}}
		got := made.extractor(text, pb.Scope_SCOPE_ITERATION, names{}, "here")
		if !proto.Equal(got, want) || len(made.problems) != 0 {
			t.Errorf("%v becomes %v, not %v; problems: %v", text, got, want, made.problems)
		}
	}
	for _, wrong := range []*wire.SaveParamAction{
		saves(4, "many"), saves(4, "1"), saves(5, ","), saves(5, ""), saves(6, "x"), saves(-1, "x"), {SaveType: 3},
	} {
		made := &translator{plan: &pb.Plan{}}
		if got := made.extractor(wrong, pb.Scope_SCOPE_RUN, names{}, "here"); got != nil || len(made.problems) != 1 {
			t.Errorf("%v becomes %v; problems: %v", wrong, got, made.problems)
		}
	}
}

func TestAssertsAreTranslatedByTheirType(t *testing.T) {
	made := &translator{plan: &pb.Plan{}}
	got := made.assertions([]*wire.AssertAction{{RuleValue: 201}, {AssertType: 1, RuleValue: 10},
		{AssertType: 2, RuleValue: 20}, {AssertType: 3, RuleValue: 30}}, "here")
	size := pb.Target_TARGET_SIZE
	want := []*pb.Assertion{
		{Name: "status below 400", Operator: pb.Operator_OPERATOR_LESS, Expected: "400"},
		{Operator: pb.Operator_OPERATOR_EQUALS, Expected: "201"},
		{Target: size, Operator: pb.Operator_OPERATOR_GREATER, Expected: "10"},
		{Target: size, Operator: pb.Operator_OPERATOR_EQUALS, Expected: "20"},
		{Target: size, Operator: pb.Operator_OPERATOR_LESS, Expected: "30"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d claims", len(got))
	}
	for i := range want {
		if !proto.Equal(got[i], want[i]) {
			t.Errorf("claim %d is %v, not %v", i, got[i], want[i])
		}
	}
}

const translated = `
hazard: 1 name: "boomer"
defaults { follow_redirects: false verify_tls: false cookies: true proxy: "http://127.0.0.1:3128" }
variables { name: "town" scope: SCOPE_RUN generator: "$choice Ulm \"Bad Urach\"" }
variables { name: "n" scope: SCOPE_ITERATION generator: "$int 1 6" }
variables { name: "n_2" scope: SCOPE_ITERATION value: "in {{town}}" }
tasks { name: "dice" weight: 5 steps { id: "MainTask[0].TestWork" name: "MainTask[0].TestWork" request {
  method: "PATCH" url: "127.0.0.1/{{n}}" query { name: "a" value: "{{town}}" } query { name: "b" }
  headers { name: "X" value: "{{ x }}" } body { text { content: "raw {{n}}" } }
  assertions { name: "status below 400" operator: OPERATOR_LESS expected: "400" } } } }
tasks { name: "MainTask[1]" weight: 1 steps { id: "MainTask[1].TestWork" name: "MainTask[1].TestWork" request {
  url: "/{{n_2}}" body { urlencoded { fields { name: "f" value: "{{n_2}}" } encoding: FORM_ENCODING_PLUS } }
  assertions { name: "status below 400" operator: OPERATOR_LESS expected: "400" } } } }
`

func TestAPlanIsTranslatedWhole(t *testing.T) {
	variable := func(name string, kind int32, rule string) *wire.HttpRequest {
		return &wire.HttpRequest{SaveParamChain: []*wire.SaveParamAction{{SaveType: kind, ParamName: name, RuleValue: rule}}}
	}
	plan, master, err := translate(&wire.InitBommerRequest{IsSession: true, HttpProxy: "127.0.0.1:3128",
		LocustMaster: " localhost ",
		PreTask:      []*wire.HttpRequest{variable("town", 5, ",Ulm,Bad Urach")},
		MainTask: []*wire.TestTask{
			{TaskName: "dice", TaskWeight: 5, PreWork: []*wire.HttpRequest{variable("n", 4, "1,6")},
				TestWork: &wire.HttpRequest{UrlPath: "127.0.0.1/{@n@}", Method: "patch", RawData: "raw {@n@}",
					Params: map[string]string{"b": "", "a": "{@town@}"}, Headers: map[string]string{"X": "{{ x }}"}}},
			{PreWork: []*wire.HttpRequest{variable("n", 3, "in {@town@}")},
				TestWork: &wire.HttpRequest{UrlPath: "/{@n@}", DictData: map[string]string{"f": "{@n@}"},
					JsonData: "loses", RawData: "loses"}},
		}})
	if err != nil {
		t.Fatal(err)
	}
	want := &pb.Plan{}
	if err := prototext.Unmarshal([]byte(translated), want); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(plan, want) {
		t.Errorf("the plan is %s", prototext.Format(plan))
	}
	if master.String() != "localhost:5557" {
		t.Errorf("the master is %v", master)
	}
}
