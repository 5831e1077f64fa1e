package slack

// A Scope is a permission that newswatch asks Slack for.
type Scope struct {
	Name string
	Why  string
}

// Scopes are what the bot token needs.
func Scopes() []Scope {
	return []Scope{
		{"chat:write", "post and update alerts"},
		{"chat:write.public", "post in public channels without being invited"},
		{"channels:history", "look whether an alert has arrived before sending it again"},
		{"groups:history", "the same in private channels"},
		{"channels:read", "find channels by name"},
		{"groups:read", "the same for private channels"},
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
oauth_config:
  scopes:
    bot:
      - chat:write         # post and update alerts
      - chat:write.public  # post in public channels without being invited
      - channels:history   # look whether an alert has arrived before sending it again
      - groups:history     # the same in private channels
      - channels:read      # find channels by name
      - groups:read        # the same for private channels
settings:
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false
`
