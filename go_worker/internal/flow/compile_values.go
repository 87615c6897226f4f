package flow

import (
	"fmt"

	"hazard/internal/body"
	"hazard/internal/pb"
	"hazard/internal/template"
	"hazard/internal/vu"
)

func (c *compiler) compileFeeds() {
	data := map[string]*pb.FeedData{}
	for _, feed := range c.in.Feeds {
		data[feed.Name] = feed
	}
	for i, plan := range c.in.Plan.Feeds {
		where := fmt.Sprintf("feeds[%d]", i)
		feed, err := vu.NewFeed(plan, data[plan.Name], c.in.Share, c.in.Options.GetDataRow())
		if err != nil {
			c.fail("empty-feed", where, err.Error(), "the controller sends the rows with the plan")
			continue
		}
		if feed, err = c.succeed(feed); err != nil {
			c.fail("feed-goes-on", where, err.Error(), "")
			continue
		}
		c.program.World.Feeds = append(c.program.World.Feeds, feed)
	}
}

// succeed lets a feed go on where one of its name stands.
func (c *compiler) succeed(feed *vu.Feed) (*vu.Feed, error) {
	old, begins := c.in.Before[feed.Name], true
	if old != nil {
		var err error
		if feed, begins, err = vu.Succeed(old, feed); err != nil {
			return nil, err
		}
	}
	if begins {
		c.program.Begun = append(c.program.Begun, feed)
	}
	return feed, nil
}

// compileVariables gives each variable of the plan its slot and its source; of two with one name the
// later holds.
func (c *compiler) compileVariables() {
	world := c.program.World
	for i, plan := range c.in.Plan.Variables {
		if plan.Disabled {
			continue
		}
		where := fmt.Sprintf("variables[%d]", i)
		made := c.compileVariable(plan, where)
		slot := c.names.Slot(plan.Name)
		for len(world.Defaults) < c.names.Len() {
			world.Defaults = append(world.Defaults, vu.Default{})
		}
		if world.Defaults[slot].Kind != vu.NoDefault {
			c.warn("duplicate-variable", where, fmt.Sprintf("variable %q stands twice", plan.Name),
				"the later one holds")
		}
		world.Defaults[slot] = made
		if plan.Origin != "" {
			if world.Origins == nil {
				world.Origins = map[string]string{}
			}
			world.Origins[plan.Name] = plan.Origin
		}
	}
	c.reportCycle()
}

func (c *compiler) compileVariable(plan *pb.Variable, where string) vu.Default {
	made := vu.Default{Kind: vu.Constant, Scope: scopeOf(plan.Scope), Value: &template.Template{}}
	switch {
	case plan.Value != nil:
		made.Value = c.template(*plan.Value, where+".value")
	case plan.Secret != nil:
		secret, found := c.secrets[plan.Secret.Key]
		if !found {
			c.fail("missing-secret", where+".secret",
				fmt.Sprintf("the secret %q of variable %q has no value", plan.Secret.Key, plan.Name),
				"the controller resolves secrets before a run")
		}
		// A secret is sent as it is: braces in it are no template.
		made.Value = template.Literal(secret)
	case plan.Column != nil:
		made.Kind, made.Column, made.Feed = vu.FromColumn, plan.Column.Column, -1
		for i, feed := range c.program.World.Feeds {
			if feed.Name == plan.Column.Feed {
				made.Feed = i
			}
		}
		if made.Feed < 0 {
			c.fail("unknown-feed", where+".column", fmt.Sprintf("there is no data feed %q", plan.Column.Feed), "")
			return vu.Default{}
		}
		if !c.program.World.Feeds[made.Feed].Has(plan.Column.Column) {
			c.fail("unknown-column", where+".column",
				fmt.Sprintf("data feed %q has no column %q", plan.Column.Feed, plan.Column.Column), "")
		}
	case plan.File != nil:
		content, err := body.FileContent(plan.File, c.names, c.files)
		if err != nil {
			c.fail("missing-file", where+".file", err.Error(), "")
		}
		// As with a secret, braces in the file are no template.
		made.Value = template.Literal(string(content))
	case plan.Generator != nil:
		made.Kind = vu.FromGenerator
		made.Generator = c.template("{{"+*plan.Generator+"}}", where+".generator")
		if len(made.Generator.UnknownFunctions()) > 0 {
			c.fail("unknown-function", where+".generator",
				fmt.Sprintf("%q is no function", *plan.Generator), "")
		}
	}
	return made
}

func scopeOf(scope pb.Scope) vu.Scope {
	switch scope {
	case pb.Scope_SCOPE_ITERATION:
		return vu.Iteration
	case pb.Scope_SCOPE_RUN:
		return vu.Run
	}
	return vu.User
}

// reportCycle finds variables that need each other in a circle.
func (c *compiler) reportCycle() {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(c.program.World.Defaults))
	var visit func(slot int) bool
	visit = func(slot int) bool {
		if slot >= len(state) || state[slot] == done {
			return false
		}
		if state[slot] == open {
			return true
		}
		state[slot] = open
		if d := &c.program.World.Defaults[slot]; d.Kind == vu.Constant {
			for _, name := range d.Value.Variables() {
				if visit(c.names.Slot(name)) {
					return true
				}
			}
		}
		state[slot] = done
		return false
	}
	for slot := range state {
		if visit(slot) {
			c.fail("variable-cycle", "variables",
				fmt.Sprintf("variable %q needs its own value", c.names.Name(slot)), "")
			return
		}
	}
}
