package slack

// A Scope is a permission that newswatch asks Slack for.
type Scope struct {
	Name  string
	Why   string
	Spare bool // there are installations that do without
}

const commandsScope = "commands"

// Scopes are what the bot token needs.
func Scopes() []Scope {
	return []Scope{
		{Name: "chat:write", Why: "post and update alerts"},
		{Name: "chat:write.public", Why: "post in public channels without being invited", Spare: true},
		{Name: "channels:history", Why: "look whether an alert has arrived before sending it again"},
		{Name: "groups:history", Why: "the same in private channels"},
		{Name: "channels:read", Why: "find channels by name"},
		{Name: "groups:read", Why: "the same for private channels"},
		{Name: commandsScope, Why: "answer /newswatch", Spare: true}, // without an app token nobody can ask
	}
}

// Manifest is the Slack app in YAML, to be pasted at
// https://api.slack.com/apps (Create New App, From a manifest).
const Manifest = `display_information:
  name: newswatch
  description: Watches the news and posts what your rules ask for
  background_color: "#1d3557"
features:
  bot_user:
    display_name: newswatch
    always_online: true
  slash_commands:
    - command: /newswatch
      description: What newswatch watches, and why it alerted or did not
      usage_hint: status | rules | mutes | feeds | stories | test TEXT | missed URL | help
      should_escape: false
oauth_config:
  scopes:
    bot:
      - chat:write         # post and update alerts
      - chat:write.public  # post in public channels without being invited
      - channels:history   # look whether an alert has arrived before sending it again
      - groups:history     # the same in private channels
      - channels:read      # find channels by name
      - groups:read        # the same for private channels
      - commands           # answer /newswatch
settings:
  org_deploy_enabled: false
  socket_mode_enabled: true  # buttons and commands come without a public address
  interactivity:
    is_enabled: true
  token_rotation_enabled: false
`
