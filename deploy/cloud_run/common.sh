# Read by set_up and deploy: the values, and what follows from them.
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -f "$here/values.env" ]; then
  echo "Write your values to $here/values.env: values.env.example says which." >&2
  exit 1
fi
set -a
. "$here/values.env.example"
. "$here/values.env"
: "${PROJECT:?is not in values.env}" "${REGION:?is not in values.env}" "${DATABASE_URL:?is not in values.env}"
# gcloud reads these.
CLOUDSDK_CORE_PROJECT=$PROJECT
CLOUDSDK_RUN_REGION=$REGION
CLOUDSDK_CORE_DISABLE_PROMPTS=1

# The address is known before the service is there.
number=$(gcloud projects describe "$PROJECT" --format="value(projectNumber)")
PUBLIC_URL=${PUBLIC_URL:-https://cloud-pricing-$number.$REGION.run.app}
set +a

member_of() { echo "serviceAccount:pricing-$1@$PROJECT.iam.gserviceaccount.com"; }
scheduler=pricing-scheduler@$PROJECT.iam.gserviceaccount.com

exists() { "$@" >/dev/null 2>&1; }

# The secrets that manifests name.
secrets_of() { sed -n 's/.*secretKeyRef: {name: \([A-Z_]*\),.*/\1/p' "$@" | sort -u; }

# A manifest with its values; a name without a value stops the script.
rendered() { python3 -c 'import os, string, sys; print(string.Template(open(sys.argv[1]).read()).substitute(os.environ))' "$1"; }
