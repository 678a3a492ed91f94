#!/bin/sh
# A short tour of the operator on the cluster of "make up". It stops at the first
# step that does not do what it says.
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

step 'One model is all that an OllamaDeployment needs'
cat config/samples/minimal.yaml
show kubectl apply -f config/samples/minimal.yaml

step 'Every default is filled in before it is stored'
show kubectl get ollamadeployment minimal-ollama -o jsonpath-as-json='{.spec}'

step 'A bad one is refused at once, with every mistake named'
cat test/fixtures/refused.yaml
printf '$ kubectl apply -f test/fixtures/refused.yaml\n'
if kubectl apply -f test/fixtures/refused.yaml; then
	echo 'demo: it was accepted' >&2
	exit 1
fi
if kubectl get ollamadeployment refused >/dev/null 2>&1; then
	echo 'demo: it was stored' >&2
	exit 1
fi

step 'The same without a cluster, with line and column'
printf '$ kubectl llm validate test/fixtures/refused.yaml\n'
if kubectl llm validate test/fixtures/refused.yaml; then
	echo 'demo: it was accepted' >&2
	exit 1
fi

step 'Open WebUI and Tabby come with it, if wanted'
kubectl get namespace ai-models >/dev/null 2>&1 || show kubectl create namespace ai-models
for sample in full tabby tabby-advanced; do
	show kubectl apply -f config/samples/$sample.yaml
done

step 'The stacks come up and say how far they are'
show kubectl wait --for=condition=Ready ollamadeployment --all --all-namespaces --timeout=120s
show kubectl get ollamadep --all-namespaces
show kubectl llm status full-ollama --namespace ai-models
show kubectl get all,ingress,configmap -l ollama-deployment=tabby-example

step 'What is edited or deleted comes back'
show kubectl delete service minimal-ollama-ollama
tries=0
until kubectl get service minimal-ollama-ollama 2>/dev/null; do
	tries=$((tries + 1))
	if [ "$tries" -gt 50 ]; then
		echo 'demo: it did not come back' >&2
		exit 1
	fi
	sleep 0.2
done

cat <<TEXT

== Go on
  export KUBECONFIG=$KUBECONFIG PATH=$PWD/bin:$PWD/bin/k8s:\$PATH
  kubectl explain ollamadeployment.spec.ollama
  kubectl edit ollamadeployment minimal-ollama
  make down    # stops everything
TEXT
