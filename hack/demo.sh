#!/bin/sh
# Usage: demo.sh [offline]
# A short tour of the operator on the cluster of "make up", or of what needs no cluster. Fails at the first step that
# has an unexpected result.
set -eu

cd "$(dirname "$0")/.."
PATH=$PWD/bin:$PWD/bin/k8s:$PATH
KUBECONFIG=$PWD/.cluster/kubeconfig
export PATH KUBECONFIG

step() {
	printf '\n== %s\n' "$*"
}

# show prints a command and runs it.
show() {
	printf '$ %s\n' "$*"
	"$@"
}

if [ "${1:-}" = offline ]; then
	step 'Without a cluster: all errors at once, with line and column'
	printf '$ kubectl llm validate test/fixtures/refused.yaml\n'
	if kubectl-llm validate test/fixtures/refused.yaml; then
		echo 'demo: the invalid object was accepted' >&2
		exit 1
	fi
	step 'Without a cluster: the defaults, as a difference'
	printf '$ kubectl llm default config/samples/minimal.yaml --diff\n'
	kubectl-llm default config/samples/minimal.yaml --diff
	printf '\n== The rest of the tour needs a cluster\n'
	exit
fi

step 'An OllamaDeployment needs only a model'
cat config/samples/minimal.yaml
show kubectl apply -f config/samples/minimal.yaml

step 'Defaults are set before the object is stored'
show kubectl get ollamadeployment minimal-ollama -o jsonpath-as-json='{.spec}'

step 'An invalid object is rejected with all errors at once'
cat test/fixtures/refused.yaml
printf '$ kubectl apply -f test/fixtures/refused.yaml\n'
if kubectl apply -f test/fixtures/refused.yaml; then
	echo 'demo: the invalid object was accepted' >&2
	exit 1
fi
if kubectl get ollamadeployment refused >/dev/null 2>&1; then
	echo 'demo: the invalid object was stored' >&2
	exit 1
fi

step 'The same errors without a cluster, with line and column'
printf '$ kubectl llm validate test/fixtures/refused.yaml\n'
if kubectl llm validate test/fixtures/refused.yaml; then
	echo 'demo: the invalid object was accepted' >&2
	exit 1
fi

step 'Open WebUI and Tabby are optional components'
kubectl get namespace ai-models >/dev/null 2>&1 || show kubectl create namespace ai-models
for sample in full tabby tabby-advanced; do
	show kubectl apply -f config/samples/$sample.yaml
done

step 'The status shows the progress of the rollout'
show kubectl wait --for=condition=Ready ollamadeployment --all --all-namespaces --timeout=120s
show kubectl get ollamadep --all-namespaces
show kubectl llm status full-ollama --namespace ai-models
show kubectl get all,ingress,configmap -l ollama-deployment=tabby-example

step 'A model is added while the pods run, and a bad one is named; nothing restarts'
pods() {
	kubectl get pods -l ollama-deployment=full-ollama --namespace ai-models -o jsonpath='{.items[*].metadata.uid}'
}
before=$(pods)
show kubectl llm models full-ollama --namespace ai-models pull slow/llama3.2:3b --wait --timeout=60s
printf '$ kubectl llm models full-ollama --namespace ai-models pull not-found:7b --wait\n'
if kubectl llm models full-ollama --namespace ai-models pull not-found:7b --wait --timeout=60s; then
	echo 'demo: a model that does not exist was pulled' >&2
	exit 1
fi
show kubectl llm models full-ollama --namespace ai-models rm not-found:7b
show kubectl llm models full-ollama --namespace ai-models
if [ "$before" != "$(pods)" ]; then
	echo 'demo: a pod was replaced' >&2
	exit 1
fi

step 'Deleted and edited children are restored'
show kubectl delete service minimal-ollama-ollama
tries=0
until kubectl get service minimal-ollama-ollama 2>/dev/null; do
	tries=$((tries + 1))
	if [ "$tries" -gt 50 ]; then
		echo 'demo: the Service was not restored' >&2
		exit 1
	fi
	sleep 0.2
done

cat <<TEXT

== Next steps
  export KUBECONFIG=$KUBECONFIG PATH=$PWD/bin:$PWD/bin/k8s:\$PATH
  kubectl explain ollamadeployment.spec.ollama
  kubectl edit ollamadeployment minimal-ollama
  make down    # stops the cluster
TEXT
