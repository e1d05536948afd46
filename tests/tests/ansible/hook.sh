#!/bin/sh
# Stands still while there is a file POINT.hold beside the folder of the hooks, and fails where there
# is a file POINT.fail.
cat > /dev/null
while [ -e "../$KLOIGOS_HOOK.hold" ]; do sleep 0.05; done
! [ -e "../$KLOIGOS_HOOK.fail" ]
