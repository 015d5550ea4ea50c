#!/bin/sh
# Registers the search attributes that the iWF server writes. Repeating it is harmless: what is there stays.
set -eu

until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done
until temporal operator namespace describe --namespace default >/dev/null 2>&1; do sleep 1; done

known=$(temporal operator search-attribute list --namespace default)
while read -r name type; do
    case "$known" in
        *"$name"*) ;;
        *) temporal operator search-attribute create --namespace default --name "$name" --type "$type" ;;
    esac
done <<'ATTRIBUTES'
IwfGlobalWorkflowVersion Int
IwfExecutingStateIds KeywordList
IwfWorkflowType Keyword
ATTRIBUTES
echo "search attributes are registered"
