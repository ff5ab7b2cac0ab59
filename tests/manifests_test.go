package tests

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/gosessionkit/sessionkit/core/config"
)

// What the test looks at in the manifests of docs/deployment/kubernetes.md.
type (
	manifest struct {
		Kind     string
		Metadata struct{ Name string }
		Spec     struct {
			Template    struct{ Spec podSpec }
			Selector    map[string]any
			PodSelector struct {
				MatchLabels map[string]string `yaml:"matchLabels"`
			} `yaml:"podSelector"`
			Ports []struct {
				TargetPort string `yaml:"targetPort"`
			}
		}
	}
	podSpec struct {
		Grace      int `yaml:"terminationGracePeriodSeconds"`
		Containers []struct {
			Env       []struct{ Name, Value string }
			Ports     []struct{ Name string }
			Lifecycle struct {
				PreStop struct{ Sleep struct{ Seconds int } } `yaml:"preStop"`
			}
			VolumeMounts []struct {
				Name      string
				MountPath string `yaml:"mountPath"`
			} `yaml:"volumeMounts"`
		}
		Volumes []struct{ Name string }
	}
)

// The manifests fit together, and set what the kit knows.
func TestManifests(t *testing.T) {
	t.Parallel()
	found := map[string]manifest{}
	decoder := yaml.NewDecoder(strings.NewReader(blocks(t, "deployment/kubernetes.md", "yaml")[0]))
	for {
		var m manifest
		if err := decoder.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		found[m.Kind] = m
	}
	if kinds := slices.Sorted(maps.Keys(found)); !slices.Equal(kinds, []string{"Deployment", "Ingress", "NetworkPolicy", "Service"}) {
		t.Fatalf("there are %q", kinds)
	}
	labels, _ := found["Deployment"].Spec.Selector["matchLabels"].(map[string]any)
	if app := found["Service"].Spec.Selector["app"]; app == nil || app != labels["app"] || app != found["NetworkPolicy"].Spec.PodSelector.MatchLabels["app"] {
		t.Errorf("the service leads to %v, the pods are %v", app, labels)
	}
	pod := found["Deployment"].Spec.Template.Spec
	container := pod.Containers[0]
	if port := found["Service"].Spec.Ports[0].TargetPort; port == "" || port != container.Ports[0].Name {
		t.Errorf("the service wants the port %q", port)
	}
	if sleep := container.Lifecycle.PreStop.Sleep.Seconds; sleep < 1 || sleep+20 > pod.Grace {
		t.Errorf("sleeps %ds of %ds: the app has 8 to stop, and nothing is in a hurry", sleep, pod.Grace)
	}
	mount := container.VolumeMounts[0]
	if mount.Name != pod.Volumes[0].Name {
		t.Errorf("mounts %s, there is %s", mount.Name, pod.Volumes[0].Name)
	}
	var known []string
	for _, s := range (config.Config{}).Settings() {
		known = append(known, strings.Split(s.Env, ", ")...)
	}
	for _, variable := range container.Env {
		name, isFile := strings.CutSuffix(variable.Name, "_FILE")
		if !slices.Contains(known, name) || isFile && !strings.HasPrefix(variable.Value, mount.MountPath+"/") {
			t.Errorf("%s is %s", variable.Name, variable.Value)
		}
	}
}
