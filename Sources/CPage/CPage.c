#include "CPage.h"

static const unsigned char base_api_js[] = {
#embed "page/base/api.js"
};
static const unsigned char base_dialog_js[] = {
#embed "page/base/dialog.js"
};
static const unsigned char base_dom_js[] = {
#embed "page/base/dom.js"
};
static const unsigned char base_frame_times_js[] = {
#embed "page/base/frame-times.js"
};
static const unsigned char base_geometry_js[] = {
#embed "page/base/geometry.js"
};
static const unsigned char base_grid_index_js[] = {
#embed "page/base/grid-index.js"
};
static const unsigned char base_keyboard_js[] = {
#embed "page/base/keyboard.js"
};
static const unsigned char base_live_request_js[] = {
#embed "page/base/live-request.js"
};
static const unsigned char base_notices_js[] = {
#embed "page/base/notices.js"
};
static const unsigned char base_numbers_js[] = {
#embed "page/base/numbers.js"
};
static const unsigned char base_session_js[] = {
#embed "page/base/session.js"
};
static const unsigned char base_store_js[] = {
#embed "page/base/store.js"
};
static const unsigned char base_tabs_js[] = {
#embed "page/base/tabs.js"
};
static const unsigned char drawing_canvas_image_js[] = {
#embed "page/drawing/canvas-image.js"
};
static const unsigned char drawing_canvas_points_js[] = {
#embed "page/drawing/canvas-points.js"
};
static const unsigned char drawing_class_styles_js[] = {
#embed "page/drawing/class-styles.js"
};
static const unsigned char drawing_detail_js[] = {
#embed "page/drawing/detail.js"
};
static const unsigned char drawing_gl_image_js[] = {
#embed "page/drawing/gl-image.js"
};
static const unsigned char drawing_gl_points_js[] = {
#embed "page/drawing/gl-points.js"
};
static const unsigned char drawing_gl_js[] = {
#embed "page/drawing/gl.js"
};
static const unsigned char drawing_highlight_js[] = {
#embed "page/drawing/highlight.js"
};
static const unsigned char drawing_markers_js[] = {
#embed "page/drawing/markers.js"
};
static const unsigned char drawing_points_js[] = {
#embed "page/drawing/points.js"
};
static const unsigned char drawing_site_kind_js[] = {
#embed "page/drawing/site-kind.js"
};
static const unsigned char drawing_surface_js[] = {
#embed "page/drawing/surface.js"
};
static const unsigned char drawing_tiles_js[] = {
#embed "page/drawing/tiles.js"
};
static const unsigned char drawing_view_js[] = {
#embed "page/drawing/view.js"
};
static const unsigned char drawing_viewport_js[] = {
#embed "page/drawing/viewport.js"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char maps_command_form_js[] = {
#embed "page/maps/command-form.js"
};
static const unsigned char maps_gl_map_js[] = {
#embed "page/maps/gl-map.js"
};
static const unsigned char maps_map_legend_js[] = {
#embed "page/maps/map-legend.js"
};
static const unsigned char maps_map_panel_js[] = {
#embed "page/maps/map-panel.js"
};
static const unsigned char maps_palette_js[] = {
#embed "page/maps/palette.js"
};
static const unsigned char maps_place_list_js[] = {
#embed "page/maps/place-list.js"
};
static const unsigned char maps_scribbles_js[] = {
#embed "page/maps/scribbles.js"
};
static const unsigned char panels_class_list_js[] = {
#embed "page/panels/class-list.js"
};
static const unsigned char panels_class_tree_js[] = {
#embed "page/panels/class-tree.js"
};
static const unsigned char panels_corrections_js[] = {
#embed "page/panels/corrections.js"
};
static const unsigned char panels_exports_js[] = {
#embed "page/panels/exports.js"
};
static const unsigned char panels_filter_js[] = {
#embed "page/panels/filter.js"
};
static const unsigned char panels_hints_js[] = {
#embed "page/panels/hints.js"
};
static const unsigned char panels_history_list_js[] = {
#embed "page/panels/history-list.js"
};
static const unsigned char panels_lost_images_js[] = {
#embed "page/panels/lost-images.js"
};
static const unsigned char panels_patch_picture_js[] = {
#embed "page/panels/patch-picture.js"
};
static const unsigned char panels_progress_js[] = {
#embed "page/panels/progress.js"
};
static const unsigned char panels_projects_js[] = {
#embed "page/panels/projects.js"
};
static const unsigned char panels_settings_js[] = {
#embed "page/panels/settings.js"
};
static const unsigned char panels_split_js[] = {
#embed "page/panels/split.js"
};
static const unsigned char structure_cells_js[] = {
#embed "page/structure/cells.js"
};
static const unsigned char structure_methods_js[] = {
#embed "page/structure/methods.js"
};
static const unsigned char structure_review_js[] = {
#embed "page/structure/review.js"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char views_axis_warp_js[] = {
#embed "page/views/axis-warp.js"
};
static const unsigned char views_class_labels_js[] = {
#embed "page/views/class-labels.js"
};
static const unsigned char views_contrast_js[] = {
#embed "page/views/contrast.js"
};
static const unsigned char views_correction_marks_js[] = {
#embed "page/views/correction-marks.js"
};
static const unsigned char views_lasso_js[] = {
#embed "page/views/lasso.js"
};
static const unsigned char views_layout_map_js[] = {
#embed "page/views/layout-map.js"
};
static const unsigned char views_layout_js[] = {
#embed "page/views/layout.js"
};
static const unsigned char views_marker_controls_js[] = {
#embed "page/views/marker-controls.js"
};
static const unsigned char views_micrograph_js[] = {
#embed "page/views/micrograph.js"
};
static const unsigned char views_pending_js[] = {
#embed "page/views/pending.js"
};
static const unsigned char views_scale_bar_js[] = {
#embed "page/views/scale-bar.js"
};
static const unsigned char views_separation_js[] = {
#embed "page/views/separation.js"
};
static const unsigned char views_site_details_js[] = {
#embed "page/views/site-details.js"
};
static const unsigned char views_site_words_js[] = {
#embed "page/views/site-words.js"
};
static const unsigned char views_status_line_js[] = {
#embed "page/views/status-line.js"
};

#define PAGE_FILE(name, array) {name, array, sizeof array}

static const tessera_page_file files[] = {
    PAGE_FILE("base/api.js", base_api_js),
    PAGE_FILE("base/dialog.js", base_dialog_js),
    PAGE_FILE("base/dom.js", base_dom_js),
    PAGE_FILE("base/frame-times.js", base_frame_times_js),
    PAGE_FILE("base/geometry.js", base_geometry_js),
    PAGE_FILE("base/grid-index.js", base_grid_index_js),
    PAGE_FILE("base/keyboard.js", base_keyboard_js),
    PAGE_FILE("base/live-request.js", base_live_request_js),
    PAGE_FILE("base/notices.js", base_notices_js),
    PAGE_FILE("base/numbers.js", base_numbers_js),
    PAGE_FILE("base/session.js", base_session_js),
    PAGE_FILE("base/store.js", base_store_js),
    PAGE_FILE("base/tabs.js", base_tabs_js),
    PAGE_FILE("drawing/canvas-image.js", drawing_canvas_image_js),
    PAGE_FILE("drawing/canvas-points.js", drawing_canvas_points_js),
    PAGE_FILE("drawing/class-styles.js", drawing_class_styles_js),
    PAGE_FILE("drawing/detail.js", drawing_detail_js),
    PAGE_FILE("drawing/gl-image.js", drawing_gl_image_js),
    PAGE_FILE("drawing/gl-points.js", drawing_gl_points_js),
    PAGE_FILE("drawing/gl.js", drawing_gl_js),
    PAGE_FILE("drawing/highlight.js", drawing_highlight_js),
    PAGE_FILE("drawing/markers.js", drawing_markers_js),
    PAGE_FILE("drawing/points.js", drawing_points_js),
    PAGE_FILE("drawing/site-kind.js", drawing_site_kind_js),
    PAGE_FILE("drawing/surface.js", drawing_surface_js),
    PAGE_FILE("drawing/tiles.js", drawing_tiles_js),
    PAGE_FILE("drawing/view.js", drawing_view_js),
    PAGE_FILE("drawing/viewport.js", drawing_viewport_js),
    PAGE_FILE("icon.svg", icon_svg),
    PAGE_FILE("index.html", index_html),
    PAGE_FILE("main.js", main_js),
    PAGE_FILE("maps/command-form.js", maps_command_form_js),
    PAGE_FILE("maps/gl-map.js", maps_gl_map_js),
    PAGE_FILE("maps/map-legend.js", maps_map_legend_js),
    PAGE_FILE("maps/map-panel.js", maps_map_panel_js),
    PAGE_FILE("maps/palette.js", maps_palette_js),
    PAGE_FILE("maps/place-list.js", maps_place_list_js),
    PAGE_FILE("maps/scribbles.js", maps_scribbles_js),
    PAGE_FILE("panels/class-list.js", panels_class_list_js),
    PAGE_FILE("panels/class-tree.js", panels_class_tree_js),
    PAGE_FILE("panels/corrections.js", panels_corrections_js),
    PAGE_FILE("panels/exports.js", panels_exports_js),
    PAGE_FILE("panels/filter.js", panels_filter_js),
    PAGE_FILE("panels/hints.js", panels_hints_js),
    PAGE_FILE("panels/history-list.js", panels_history_list_js),
    PAGE_FILE("panels/lost-images.js", panels_lost_images_js),
    PAGE_FILE("panels/patch-picture.js", panels_patch_picture_js),
    PAGE_FILE("panels/progress.js", panels_progress_js),
    PAGE_FILE("panels/projects.js", panels_projects_js),
    PAGE_FILE("panels/settings.js", panels_settings_js),
    PAGE_FILE("panels/split.js", panels_split_js),
    PAGE_FILE("structure/cells.js", structure_cells_js),
    PAGE_FILE("structure/methods.js", structure_methods_js),
    PAGE_FILE("structure/review.js", structure_review_js),
    PAGE_FILE("style.css", style_css),
    PAGE_FILE("views/axis-warp.js", views_axis_warp_js),
    PAGE_FILE("views/class-labels.js", views_class_labels_js),
    PAGE_FILE("views/contrast.js", views_contrast_js),
    PAGE_FILE("views/correction-marks.js", views_correction_marks_js),
    PAGE_FILE("views/lasso.js", views_lasso_js),
    PAGE_FILE("views/layout-map.js", views_layout_map_js),
    PAGE_FILE("views/layout.js", views_layout_js),
    PAGE_FILE("views/marker-controls.js", views_marker_controls_js),
    PAGE_FILE("views/micrograph.js", views_micrograph_js),
    PAGE_FILE("views/pending.js", views_pending_js),
    PAGE_FILE("views/scale-bar.js", views_scale_bar_js),
    PAGE_FILE("views/separation.js", views_separation_js),
    PAGE_FILE("views/site-details.js", views_site_details_js),
    PAGE_FILE("views/site-words.js", views_site_words_js),
    PAGE_FILE("views/status-line.js", views_status_line_js),
};

size_t tessera_page_file_count(void) { return sizeof files / sizeof files[0]; }
tessera_page_file tessera_page_file_at(size_t index) { return files[index]; }
