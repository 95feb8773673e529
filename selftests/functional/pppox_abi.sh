#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The socket interface of culvert against that of the in-tree module (pppox_abi.c).
ip link set lo up
exec "$(dirname "$0")/../../build/functional/pppox_abi"
